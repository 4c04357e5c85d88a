// AsyncEngine: what all handles of one asynchronous client share. Each process that uses it has a thread of its own.
#pragma once

#include <memory>

#include <upstash/client_options.hpp>
#include <upstash/future.hpp>

#include "async_loop.hpp"
#include "async_operation.hpp"
#include "event_stream.hpp"
#include "per_process.hpp"
#include "protocol.hpp"

namespace upstash::detail {

class AsyncEngine : public std::enable_shared_from_this<AsyncEngine> {
 public:
  /// Makes an engine and the pointer that all handles of its client share: with the last of its copies the client
  /// closes and what is not complete is cancelled. shared_from_this() only keeps the object. Throws UsageError for
  /// options that cannot be right.
  static std::shared_ptr<AsyncEngine> open(ClientOptions options);
  AsyncEngine(const AsyncEngine&) = delete;
  AsyncEngine& operator=(const AsyncEngine&) = delete;
  ~AsyncEngine() = default;

  [[nodiscard]] const Protocol& protocol() const noexcept { return *protocol_; }
  [[nodiscard]] const std::shared_ptr<const Protocol>& shared_protocol() const noexcept { return protocol_; }
  /// Null when callbacks run on the thread.
  [[nodiscard]] const std::shared_ptr<const Executor>& executor() const noexcept { return executor_; }

  void submit(std::unique_ptr<AsyncOperation> operation);
  void open(const std::shared_ptr<EventStream>& stream);
  void close(bool drain);

 private:
  explicit AsyncEngine(ClientOptions options);
  void release();

  struct Running {
    std::shared_ptr<AsyncLoop> loop;  // null before the first operation
    bool closed = false;
    static Running in_child(const Running* parent) { return {nullptr, parent != nullptr && parent->closed}; }
  };

  /// The loop, started with its first use. Throws UsageError when the client was closed.
  const std::shared_ptr<AsyncLoop>& loop_of(Running& running) const;

  std::shared_ptr<const Protocol> protocol_;
  std::shared_ptr<const Executor> executor_;
  PerProcess<Running> running_;
};

}  // namespace upstash::detail
