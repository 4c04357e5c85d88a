#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace upstash::local {

// Where a redis-server listens and how to get in.
struct BackendAddress {
  std::string unix_path;  // if empty, host and port
  std::string host;
  int port = 6379;
  std::string user;
  std::string password;
  int database = 0;

  // For messages: without the password.
  [[nodiscard]] std::string display() const;

  // The AUTH to begin a connection with, as views into this; empty if it takes none.
  [[nodiscard]] std::vector<std::string_view> login_command() const;
};

// redis://[[user]:password@]host[:port][/database] or unix:/path; throws std::invalid_argument.
BackendAddress parse_backend_url(std::string_view url);

}  // namespace upstash::local
