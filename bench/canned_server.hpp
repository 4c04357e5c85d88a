// An HTTP server that answers from memory, so that a benchmark measures the client.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "local/file_descriptor.hpp"

namespace upstash::bench {

/// Answers every command with the same result, pipelines with one for each of their commands. Any number of connections,
/// which are kept alive, on one thread of its own.
class CannedServer {
 public:
  /// `result` is JSON; `longest_pipeline` is how many commands a pipeline may have.
  explicit CannedServer(std::string_view result, std::int64_t longest_pipeline = 0);
  CannedServer(const CannedServer&) = delete;
  CannedServer& operator=(const CannedServer&) = delete;
  ~CannedServer();

  [[nodiscard]] std::string url() const;
  /// How many requests it has answered.
  [[nodiscard]] std::int64_t requests() const noexcept { return requests_.load(std::memory_order_relaxed); }
  /// How many seconds its thread has worked.
  [[nodiscard]] double cpu_time();

 private:
  class Connection;

  void serve();
  void accept_connection();
  void watch(int descriptor, std::uint32_t events, int operation) const;

  std::string result_;          // {"result":…}
  std::string pipeline_reply_;  // as many of them as a pipeline may have
  std::int64_t longest_pipeline_;
  local::FileDescriptor listener_;
  local::FileDescriptor stop_;
  local::FileDescriptor epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by their descriptors
  std::atomic<std::int64_t> requests_ = 0;
  std::thread thread_;
};

}  // namespace upstash::bench
