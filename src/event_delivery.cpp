#include "event_delivery.hpp"

#include <string>
#include <utility>

#include "errand.hpp"
#include "io_thread_mark.hpp"
#include "per_process.hpp"

namespace upstash::detail {

namespace {

constexpr std::size_t most_events = 1024;
constexpr std::size_t most_bytes = std::size_t{1} << 20U;

thread_local bool in_handler = false;

class HandlerMark {
 public:
  HandlerMark() : before_(std::exchange(in_handler, true)) {}
  HandlerMark(const HandlerMark&) = delete;
  HandlerMark& operator=(const HandlerMark&) = delete;
  ~HandlerMark() { in_handler = before_; }

 private:
  bool before_;
};

std::size_t size_of(const StreamEvent& event) {
  if (const auto* const message = std::get_if<Message>(&event)) {
    return message->channel.size() + message->pattern.size() + message->payload.size();
  }
  std::size_t size = 0;
  if (const auto* const command = std::get_if<MonitoredCommand>(&event)) {
    for (const std::string& argument : command->arguments) size += argument.size();
  }
  return size;
}

std::exception_ptr unsubscribed_early() {
  return std::make_exception_ptr(
      CancelledError("the subscription was ended before it was confirmed", Outcome::unknown));
}

/// What left a handler, as on_error can take it.
std::exception_ptr handler_failure() {
  try {
    throw;
  } catch (const std::exception& error) {
    return std::make_exception_ptr(
        Error(std::string("a handler of the subscription threw: ") + error.what()));
  } catch (...) {
    return std::make_exception_ptr(Error("a handler of the subscription threw"));
  }
}

}  // namespace

class EventDelivery::Drain final : public Continuation {
 public:
  explicit Drain(std::shared_ptr<EventDelivery> delivery) noexcept
      : Continuation(false), delivery_(std::move(delivery)) {}
  void run() noexcept override {
    const std::unique_ptr<Drain> self(this);
    delivery_->drain();
  }

 private:
  std::shared_ptr<EventDelivery> delivery_;
};

EventDelivery::EventDelivery(
    StreamHandlers handlers, std::shared_ptr<const Executor> executor, bool tells_opening_errors)
    : executor_(std::move(executor)),
      pulled_(!handlers.on_message && !handlers.on_command),
      tells_opening_errors_(tells_opening_errors),
      generation_(fork_generation()),
      handlers_(std::move(handlers)) {}

// The user's side.

bool EventDelivery::is_foreign() const noexcept { return generation_ != fork_generation(); }

void EventDelivery::wait_confirmed() {
  Lock lock(mutex_);
  changed_.wait(lock, [this] { return confirmed_ || over_; });
  if (!confirmed_) std::rethrow_exception(error_ != nullptr ? error_ : unsubscribed_early());
}

Future<void> EventDelivery::confirmed() {
  const std::lock_guard lock(mutex_);
  if (confirmed_) return ready_future<void>();
  if (over_) return failed_future<void>(error_ != nullptr ? error_ : unsubscribed_early());
  StateRef<FutureState<void>> state(new FutureState<void>(executor_));
  confirmations_.push_back(state);
  return FutureAccess::make(std::move(state));
}

void EventDelivery::check_may_pull() const {
  if (!pulled_) throw UsageError("next() of a subscription whose messages go to a handler");
}

EventDelivery::NextEvent EventDelivery::next(std::optional<Clock::time_point> until) {
  check_may_pull();
  NextEvent event;
  bool resume = false;
  {
    Lock lock(mutex_);
    if (drain_thread_ == std::this_thread::get_id()) {
      throw UsageError("next() in a handler of the same subscription would wait for itself");
    }
    const auto ready = [this] { return !kept_.empty() || over_; };
    if (!until) {
      changed_.wait(lock, ready);
    } else if (!changed_.wait_until(lock, *until, ready)) {
      return std::nullopt;
    }
    if (kept_.empty()) {
      if (error_ != nullptr) std::rethrow_exception(error_);
      return std::nullopt;
    }
    resume = take(kept_, event);
  }
  if (resume) has_room_again();
  return event;
}

Future<EventDelivery::NextEvent> EventDelivery::next() {
  check_may_pull();
  NextEvent event;
  bool resume = false;
  {
    const std::lock_guard lock(mutex_);
    if (kept_.empty()) {
      if (over_) {
        return error_ != nullptr ? failed_future<NextEvent>(error_) : ready_future<NextEvent>(std::nullopt);
      }
      Waiting state(new FutureState<NextEvent>(executor_));
      waiting_.push_back(state);
      return FutureAccess::make(std::move(state));
    }
    resume = take(kept_, event);
  }
  if (resume) has_room_again();
  return ready_future<NextEvent>(std::move(event));
}

bool EventDelivery::unsubscribe() {
  StreamHandlers done;
  Lock lock(mutex_);
  if (!std::exchange(over_, true)) abandoned();
  error_ = nullptr;
  kept_.clear();
  called_.clear();
  changed_.notify_all();
  const bool may_wait = !in_handler && !on_io_thread();
  if (may_wait) changed_.wait(lock, [this] { return drain_thread_ == std::thread::id(); });
  if (!draining_) done = done_handlers();
  lock.unlock();
  return may_wait;
}

bool EventDelivery::active() const {
  const std::lock_guard lock(mutex_);
  return !over_;
}

// The stream's side.

bool EventDelivery::has_room() {
  const std::lock_guard lock(mutex_);
  wants_room_ = kept_.size() + called_.size() >= most_events || bytes_ >= most_bytes;
  return !wants_room_;
}

bool EventDelivery::take(std::deque<StreamEvent>& events, NextEvent& event) {
  event.emplace(std::move(events.front()));
  events.pop_front();
  bytes_ -= size_of(*event);
  const bool has_room = kept_.size() + called_.size() <= most_events / 2 && bytes_ <= most_bytes / 2;
  return has_room && std::exchange(wants_room_, false);
}

void EventDelivery::confirm() {
  const std::lock_guard lock(mutex_);
  confirmed_ = true;
}

bool EventDelivery::takes(const StreamEvent& event) const {
  if (std::holds_alternative<Subscribed>(event)) return static_cast<bool>(handlers_.on_subscribed);
  if (std::holds_alternative<Gap>(event)) return static_cast<bool>(handlers_.on_gap);
  return true;
}

void EventDelivery::add(StreamEvent event) {
  const std::lock_guard lock(mutex_);
  if (over_ || !takes(event)) return;
  const bool is_item =
      std::holds_alternative<Message>(event) || std::holds_alternative<MonitoredCommand>(event);
  bytes_ += size_of(event);
  (is_item && pulled_ ? kept_ : called_).push_back(std::move(event));
}

void EventDelivery::end(std::exception_ptr error) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(over_, true)) error_ = std::move(error);
}

void EventDelivery::dispatch() {
  Lock lock(mutex_);
  changed_.notify_all();
  const bool tells_error = error_ != nullptr && !error_told_;
  const bool drains = (!called_.empty() || tells_error) && !std::exchange(draining_, true);
  serve_waiting(std::move(lock));
  if (!drains) return;
  if (executor_ == nullptr) return drain();
  run_on(*executor_, *new Drain(shared_from_this()));
}

void EventDelivery::serve_waiting(Lock lock) {
  std::vector<StateRef<FutureState<void>>> confirmations;
  std::vector<StateRef<FutureState<void>>> unconfirmed;
  std::vector<std::pair<Waiting, StreamEvent>> served;
  std::deque<Waiting> unserved;
  bool resume = false;
  if (confirmed_) {
    confirmations.swap(confirmations_);
  } else if (over_) {
    unconfirmed.swap(confirmations_);
  }
  while (!waiting_.empty() && !kept_.empty()) {
    NextEvent event;
    resume = take(kept_, event) || resume;
    served.emplace_back(std::move(waiting_.front()), std::move(*event));
    waiting_.pop_front();
  }
  if (over_) unserved.swap(waiting_);
  // Each gets the error in turn, and is the last here to hold it.
  std::vector<std::exception_ptr> errors;
  if (error_ != nullptr) errors.assign(unconfirmed.size() + unserved.size(), error_);
  lock.unlock();
  if (resume) has_room_again();
  const auto take_error = [&] {
    std::exception_ptr error = std::move(errors.back());
    errors.pop_back();
    return error;
  };
  for (const auto& state : confirmations) state->emplace();
  for (const auto& state : unconfirmed) state->fail(errors.empty() ? unsubscribed_early() : take_error());
  for (auto& [state, event] : served) state->emplace(std::move(event));
  for (const auto& state : unserved) {
    if (errors.empty()) {
      state->emplace(std::nullopt);
    } else {
      state->fail(take_error());
    }
  }
}

void EventDelivery::drain() noexcept {
  StreamHandlers done;
  const HandlerMark mark;
  Lock lock(mutex_);
  drain_thread_ = std::this_thread::get_id();
  while (true) {
    if (!called_.empty()) {
      NextEvent event;
      const bool resume = take(called_, event);
      lock.unlock();
      if (resume) has_room_again();
      std::exception_ptr failure;
      try {
        call(*event);
      } catch (...) {
        failure = handler_failure();
      }
      lock.lock();
      if (failure == nullptr || over_) continue;
      over_ = true;
      error_ = std::move(failure);
      called_.clear();
      abandoned();
    } else if (error_ != nullptr && !std::exchange(error_told_, true)) {
      if (!confirmed_ && !tells_opening_errors_) continue;
      const std::exception_ptr error = error_;
      lock.unlock();
      tell(error);
      lock.lock();
    } else {
      break;
    }
  }
  draining_ = false;
  drain_thread_ = {};
  changed_.notify_all();
  if (over_) done = done_handlers();
  lock.unlock();
}

void EventDelivery::call(const StreamEvent& event) const {
  if (const auto* const message = std::get_if<Message>(&event)) return handlers_.on_message(*message);
  if (const auto* const command = std::get_if<MonitoredCommand>(&event)) {
    return handlers_.on_command(*command);
  }
  if (const auto* const subscribed = std::get_if<Subscribed>(&event)) {
    return handlers_.on_subscribed(*subscribed);
  }
  handlers_.on_gap(std::get<Gap>(event));
}

void EventDelivery::tell(const std::exception_ptr& error) const noexcept {
  if (!handlers_.on_error) return;
  try {
    try {
      std::rethrow_exception(error);
    } catch (const Error& known) {
      handlers_.on_error(known);
    } catch (const std::exception& other) {
      handlers_.on_error(Error(other.what()));
    }
  } catch (...) {
    // There is nobody left to tell.
  }
}

StreamHandlers EventDelivery::done_handlers() { return std::exchange(handlers_, {}); }

}  // namespace upstash::detail
