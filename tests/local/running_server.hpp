#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "process.hpp"

namespace upstash::test {

using Strings = std::vector<std::string>;

inline constexpr std::string_view url_line = "export UPSTASH_REDIS_REST_URL=\"http://127.0.0.1:";
inline constexpr std::string_view token_line = "export UPSTASH_REDIS_REST_TOKEN=\"";

inline const std::string authorized = "Authorization: Bearer secret";
inline const std::string base64 = "Upstash-Encoding: base64";
inline const std::string resp2 = "Upstash-Response-Format: resp2";

// The command line of the server under test.
Strings with_program(Strings arguments);

// The redis-server that the tests run with, as the local server finds it.
std::string redis_server();

// One of its own, ready, that listens on a Unix socket.
std::unique_ptr<Process> start_redis(const std::string& socket, const Strings& more = {});

// The server under test, with a temporary folder of its own to leave things in and the token `secret`.
class RunningServer {
 public:
  explicit RunningServer(Strings arguments = {}, Strings environment = {});

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] Process& process() { return *process_; }
  [[nodiscard]] const ScratchFolder& folder() const { return folder_; }
  [[nodiscard]] pid_t redis() const { return children_of(process_->id()).at(0); }

 private:
  ScratchFolder folder_;
  std::unique_ptr<Process> process_;
  int port_ = 0;
};

}  // namespace upstash::test
