#include "running_server.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace upstash::test {

Strings with_program(Strings arguments) {
  const char* const chosen = std::getenv("UPSTASH_LOCAL_SERVER");
  arguments.insert(arguments.begin(), chosen != nullptr ? chosen : UPSTASH_LOCAL_SERVER);
  return arguments;
}

std::string redis_server() {
  const char* const named = std::getenv("UPSTASH_LOCAL_REDIS_SERVER");
  return named != nullptr && *named != '\0' ? named : "redis-server";
}

std::unique_ptr<Process> start_redis(const std::string& socket, const Strings& more) {
  Strings command{"/usr/bin/env", redis_server(), "--port", "0", "--unixsocket", socket, "--save", ""};
  command.insert(command.end(), more.begin(), more.end());
  auto redis = std::make_unique<Process>(command);
  while (const std::optional<std::string> line = redis->read_line()) {
    // "The server is now ready to…" or, from Redis 7.2 on, "Ready to accept connections unix"
    if (line->find("eady to accept connections") != std::string::npos) return redis;
  }
  throw std::runtime_error("redis-server did not start");
}

RunningServer::RunningServer(Strings arguments, Strings environment) {
  arguments.insert(arguments.end(), {"--port", "0"});
  if (std::find(arguments.begin(), arguments.end(), "--token") == arguments.end()) {
    arguments.insert(arguments.end(), {"--token", "secret"});
  }
  environment.push_back("TMPDIR=" + folder_.path().string());
  process_ = std::make_unique<Process>(with_program(arguments), environment);
  const std::string url = process_->read_line().value_or("");
  const std::string token = process_->read_line().value_or("");
  if (!url.starts_with(url_line) || !token.starts_with(token_line)) {
    throw std::runtime_error("the server did not start: " + url + token + process_->read_errors());
  }
  port_ = std::stoi(url.substr(url_line.size()));
}

}  // namespace upstash::test
