// What comes over a stream that stays open: Pub/Sub messages, and all commands that a server is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <upstash/error.hpp>

namespace upstash {

/// A message that was published.
struct Message {
  std::string channel{};
  std::string
      pattern{};  ///< The pattern that the channel matches; empty for a subscription to the channel itself.
  std::string payload{};
  /// The stream was broken before this message: some that should stand between the previous one and this may be
  /// missing.
  bool after_gap = false;
  friend bool operator==(const Message&, const Message&) = default;
};

/// A command that the server was given, by whichever client.
struct MonitoredCommand {
  std::chrono::sys_time<std::chrono::microseconds> time{};
  int database = 0;
  std::string client{};                  ///< Its address, `ip:port`, `unix:path`, or `lua` for a script.
  std::vector<std::string> arguments{};  ///< The command's name first.
  bool after_gap = false;                ///< As Message::after_gap.
  friend bool operator==(const MonitoredCommand&, const MonitoredCommand&) = default;
};

/// The server has taken up one channel or pattern.
struct Subscribed {
  std::string name{};      ///< The channel or pattern.
  std::int64_t count = 0;  ///< To how many the stream is subscribed now.
  friend bool operator==(const Subscribed&, const Subscribed&) = default;
};

/// The stream broke and is open again. What was published meanwhile is lost: Redis keeps no messages.
struct Gap {
  std::string reason{};  ///< Why it broke.
  int attempts = 0;      ///< How many it took to open it again.
  friend bool operator==(const Gap&, const Gap&) = default;
};

/// What is called for a subscription; each may be left out.
///
/// The handlers of one subscription are called one at a time, in order, on its I/O thread (Redis has one for each
/// subscription, AsyncRedis one for all it does, which a handler holds up) or on ClientOptions::executor. They may be
/// called before subscribe() has returned. While handlers lag behind, up to about a thousand messages or a megabyte
/// wait, then the stream is not read on, so that the server waits. An exception that leaves a handler ends the
/// subscription with an Error, which on_error is told.
struct SubscriptionHandlers {
  /// Without it messages are kept for next().
  std::function<void(const Message&)> on_message{};
  /// For each channel or pattern, again after each gap.
  std::function<void(const Subscribed&)> on_subscribed{};
  /// Messages may have been missed.
  std::function<void(const Gap&)> on_gap{};
  /// The last that is called: the stream has ended for good, see Subscription. Not called after unsubscribe(), nor for
  /// what Redis::subscribe() throws.
  std::function<void(const Error&)> on_error{};
};

/// The same for MONITOR.
struct MonitorHandlers {
  /// Without it commands are kept for next().
  std::function<void(const MonitoredCommand&)> on_command{};
  std::function<void(const Gap&)> on_gap{};
  std::function<void(const Error&)> on_error{};
};

namespace detail {

class AsyncLoop;
class EventStream;

/// What subscriptions of all kinds have in common.
class StreamHandle {
 public:
  /// For the library; `own_loop` is null when the loop is not this stream's alone.
  StreamHandle(std::shared_ptr<EventStream> stream, std::shared_ptr<AsyncLoop> own_loop) noexcept;
  StreamHandle(const StreamHandle&) = delete;
  StreamHandle& operator=(const StreamHandle&) = delete;

  /// Ends the subscription at once, also while handlers or next() are at work in other threads; messages that have
  /// not been taken are dropped. Once it has returned no handler runs any more, unless it was called in a handler or
  /// another callback of a client: then that holds from the end of the one that runs. Does nothing when the
  /// subscription has ended. The destructor does the same.
  void unsubscribe();

  /// False once the subscription has ended, by unsubscribe() or an error; next() may still have messages then.
  [[nodiscard]] bool active() const;

 protected:
  StreamHandle() noexcept = default;
  StreamHandle(StreamHandle&& other) noexcept;
  StreamHandle& operator=(StreamHandle&& other) noexcept;
  ~StreamHandle();

  /// Throws UsageError when there is none.
  [[nodiscard]] EventStream& stream() const;

 private:
  std::shared_ptr<EventStream> stream_;
  std::shared_ptr<AsyncLoop> own_loop_;
};

}  // namespace detail

/// A subscription to channels or patterns, made by Redis::subscribe() and Redis::psubscribe(). It has a thread and a
/// connection of its own, and goes on when the Redis that made it goes.
///
/// A stream that breaks is opened again, as often as it takes, with growing waits in between
/// (ClientOptions::reconnect_backoff); then on_gap is called, and the next message has `after_gap`. It ends for good
/// when the server refuses it (ServerError, AuthError), sends what cannot be understood (ProtocolError), when the
/// std::stop_token given to Redis::with() asks for it (CancelledError), or when a handler throws.
///
/// After fork() it goes on in the parent alone: in the child next() throws CancelledError, all else does nothing.
class Subscription : public detail::StreamHandle {
 public:
  /// None; only to be assigned to.
  Subscription() noexcept = default;
  using StreamHandle::StreamHandle;

  /// Waits for the next message. Nothing after unsubscribe(); throws what the stream has ended with when no message
  /// is left. From whichever threads. Throws UsageError when there is an on_message, which gets them all, and in a
  /// handler of this subscription, which would wait for itself.
  [[nodiscard]] std::optional<Message> next();
  /// Waits at most so long: nothing when no message has come.
  [[nodiscard]] std::optional<Message> next(std::chrono::milliseconds longest);
};

/// The commands that the server is given, from MONITOR, made by Redis::monitor(). All that is said of Subscription
/// holds.
class Monitor : public detail::StreamHandle {
 public:
  Monitor() noexcept = default;
  using StreamHandle::StreamHandle;

  [[nodiscard]] std::optional<MonitoredCommand> next();
  [[nodiscard]] std::optional<MonitoredCommand> next(std::chrono::milliseconds longest);
};

}  // namespace upstash
