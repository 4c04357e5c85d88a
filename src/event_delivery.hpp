// EventDelivery: the way of a stream's events to handlers or to whoever asks for the next one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <upstash/future.hpp>

#include "stream_event.hpp"

namespace upstash::detail {

/// What is called for a stream, whatever it is of.
struct StreamHandlers {
  std::function<void(const Message&)> on_message;
  std::function<void(const MonitoredCommand&)> on_command;
  std::function<void(const Subscribed&)> on_subscribed;
  std::function<void(const Gap&)> on_gap;
  std::function<void(const Error&)> on_error;
};

/// A queue with bounds. Nothing of the user's runs while events are put in, which happens inside libcurl, only in
/// dispatch().
class EventDelivery : public std::enable_shared_from_this<EventDelivery> {
 public:
  using Clock = std::chrono::steady_clock;
  using NextEvent = std::optional<StreamEvent>;

  EventDelivery(const EventDelivery&) = delete;
  EventDelivery& operator=(const EventDelivery&) = delete;
  virtual ~EventDelivery() = default;

  // The user's side, from whatever thread.

  /// True in a child of the process that made it, where it is not to be touched: a lock may be held for ever.
  [[nodiscard]] bool is_foreign() const noexcept;
  /// Waits until the stream has been confirmed. Throws what it has ended with instead.
  void wait_confirmed();
  [[nodiscard]] Future<void> confirmed();
  /// Nothing when none has come by then, and after unsubscribe().
  [[nodiscard]] NextEvent next(std::optional<Clock::time_point> until);
  [[nodiscard]] Future<NextEvent> next();
  /// False when it was called where one may not wait, and a handler may still run.
  bool unsubscribe();
  [[nodiscard]] bool active() const;

 protected:
  /// Without `tells_opening_errors`, wait_confirmed() alone does.
  EventDelivery(StreamHandlers handlers, std::shared_ptr<const Executor> executor, bool tells_opening_errors);
  // The stream's side, on the loop's thread.

  /// False when no more is to be put in now; then has_room_again() is called later.
  [[nodiscard]] bool has_room();
  void confirm();
  void add(StreamEvent event);
  /// The stream has ended by itself.
  void end(std::exception_ptr error);
  /// Hands on what has been put in.
  void dispatch();

  // From whatever thread.

  virtual void has_room_again() noexcept = 0;
  /// Nobody wants more.
  virtual void abandoned() noexcept = 0;

 private:
  class Drain;  // NOLINT(cppcoreguidelines-virtual-class-destructor): deletes itself, as what it is
  using Waiting = StateRef<FutureState<NextEvent>>;
  using Lock = std::unique_lock<std::mutex>;

  void check_may_pull() const;
  [[nodiscard]] bool takes(const StreamEvent& event) const;
  /// Takes the first one out. True when there is room again that has been asked for.
  [[nodiscard]] bool take(std::deque<StreamEvent>& events, NextEvent& event);
  void serve_waiting(Lock lock);
  /// Calls the handlers for all that is there.
  void drain() noexcept;
  void call(const StreamEvent& event) const;
  void tell(const std::exception_ptr& error) const noexcept;
  /// Lets go of the handlers, which may hold the subscription itself, once they will not be called any more.
  [[nodiscard]] StreamHandlers done_handlers();

  const std::shared_ptr<const Executor> executor_;
  const bool pulled_;
  const bool tells_opening_errors_;
  const unsigned generation_;
  StreamHandlers handlers_;  // only looked at while draining

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<StreamEvent> kept_;    // for next()
  std::deque<StreamEvent> called_;  // for handlers
  std::size_t bytes_ = 0;           // in both
  bool wants_room_ = false;
  std::deque<Waiting> waiting_;
  std::vector<StateRef<FutureState<void>>> confirmations_;
  bool confirmed_ = false;
  bool over_ = false;
  std::exception_ptr error_;  // null when it is over because of unsubscribe()
  bool error_told_ = false;
  bool draining_ = false;         // a drain runs or is on its way through the executor
  std::thread::id drain_thread_;  // that runs it
};

}  // namespace upstash::detail
