// An HTTP server that answers every request with the same bytes from memory, so that a benchmark measures the client.
#pragma once

#include <string>
#include <thread>

namespace upstash::bench {

/// Any number of connections on one thread of its own.
class CannedServer {
 public:
  /// `body` is what every request is answered with.
  explicit CannedServer(const std::string& body);
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;
  ~CannedServer();

  [[nodiscard]] std::string url() const;

 private:
  void serve();

  std::string reply_;
  int listener_;
  int wake_;
  std::thread thread_;
};

}  // namespace upstash::bench
