// A local server of one test program's own, on any free port and with an empty database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "process.hpp"

namespace upstash::test {

/// upstash-redis-local, ready to answer. It ends with the object, and with the test however that ends.
class LocalServer {
 public:
  /// Starts the program that UPSTASH_LOCAL_SERVER names, or else the one that was built with the tests. Throws
  /// std::runtime_error with what it says if it does not start.
  explicit LocalServer(const std::vector<std::string>& options = {});
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;
  ~LocalServer();

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& token() const { return token_; }

 private:
  Process process_;
  std::string url_;
  std::string token_;
};

}  // namespace upstash::test
