// The subscriptions of AsyncRedis.
#pragma once

#include <optional>

#include <upstash/future.hpp>
#include <upstash/subscription.hpp>

namespace upstash {

/// As Subscription, but made by AsyncRedis, whose thread it shares: it ends with CancelledError when its client is
/// closed or destroyed.
class AsyncSubscription : public detail::StreamHandle {
 public:
  /// None; only to be assigned to.
  AsyncSubscription() noexcept = default;
  using StreamHandle::StreamHandle;

  /// Ready once the server has taken the subscription up: what is published from now on will come. Its error is what
  /// the stream has ended with.
  [[nodiscard]] Future<void> confirmed();

  /// The next message: `while (auto message = co_await subscription.next())`. Its result is nothing after
  /// unsubscribe(), its error what the stream has ended with when no message is left. Futures get messages in the
  /// order in which they were asked for, one each, also a future that was dropped. Throws UsageError when there is an
  /// on_message, which gets them all.
  [[nodiscard]] Future<std::optional<Message>> next();
};

/// As Monitor, but made by AsyncRedis. All that is said of AsyncSubscription holds.
class AsyncMonitor : public detail::StreamHandle {
 public:
  AsyncMonitor() noexcept = default;
  using StreamHandle::StreamHandle;

  [[nodiscard]] Future<void> confirmed();
  [[nodiscard]] Future<std::optional<MonitoredCommand>> next();
};

}  // namespace upstash
