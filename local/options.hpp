#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>

namespace upstash::local {

struct Options {
  std::string bind = "127.0.0.1";
  int port = 8079;
  std::string token;  // empty: a random one
  std::string read_only_token;
  std::string data_folder;
  std::string redis_url;
  std::string redis_server;
  std::size_t max_request_bytes = 10 * 1024 * 1024;
  std::size_t max_unread_bytes = 32 * 1024 * 1024;
  std::chrono::milliseconds keep_alive{15'000};
  std::chrono::seconds idle_timeout{300};
  bool show_help = false;
  bool show_version = false;
};

// The command line is wrong; what() says what is allowed.
class OptionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `arguments` without the program's name.
Options parse_options(std::span<const char* const> arguments);

std::string help_text();
std::string version_text();

}  // namespace upstash::local
