#include "local_server.hpp"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

namespace upstash::test {

namespace {

std::string program() {
  if (const char* const path = std::getenv("UPSTASH_LOCAL_SERVER"); path != nullptr && *path != '\0')
    return path;
#ifdef UPSTASH_LOCAL_SERVER_PATH
  return UPSTASH_LOCAL_SERVER_PATH;
#else
  throw std::runtime_error("set UPSTASH_LOCAL_SERVER to the path of upstash-redis-local");
#endif
}

/// Reads `export NAME="value"`.
void read_export(const std::string& line, const std::string& name, std::string& value) {
  const std::string start = "export " + name + "=\"";
  if (line.starts_with(start)) value = line.substr(start.size(), line.rfind('"') - start.size());
}

std::vector<std::string> command(const std::vector<std::string>& options) {
  std::vector<std::string> words{program(), "--port", "0"};
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

}  // namespace

LocalServer::LocalServer(const std::vector<std::string>& options) : process_(command(options)) {
  while (url_.empty() || token_.empty()) {
    const std::optional<std::string> line = process_.read_line();
    if (!line) throw std::runtime_error(program() + " did not start: " + process_.read_errors());
    read_export(*line, "UPSTASH_REDIS_REST_URL", url_);
    read_export(*line, "UPSTASH_REDIS_REST_TOKEN", token_);
  }
}

LocalServer::~LocalServer() {
  process_.signal(SIGTERM);  // killed, it would leave its folder behind
  try {
    process_.wait();
  } catch (const std::exception& error) {
    std::cerr << program() << " did not end when told to: " << error.what() << '\n';
  }
}

}  // namespace upstash::test
