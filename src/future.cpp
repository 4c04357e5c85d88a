#include <upstash/future.hpp>

#include "io_thread_mark.hpp"
#include "per_process.hpp"

namespace upstash::detail {

bool& on_io_thread() noexcept {
  thread_local bool mark = false;
  return mark;
}

const Error* error_in(const std::exception_ptr& exception) noexcept {
  if (exception == nullptr) return nullptr;
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return &error;  // which lives as long as `exception`
  } catch (...) {
    return nullptr;
  }
}

void throw_no_state() { throw UsageError("the future is empty: its result was taken before"); }

namespace {

/// A continuation on its way through an executor. One that is dropped there is run where it is dropped: whoever waits
/// must not wait for ever.
class Errand {
 public:
  explicit Errand(Continuation& continuation) noexcept : continuation_(&continuation) {}
  Errand(const Errand&) = delete;
  Errand& operator=(const Errand&) = delete;
  ~Errand() { run(); }
  void run() noexcept {
    if (Continuation* const continuation = continuation_.exchange(nullptr)) continuation->run();
  }

 private:
  std::atomic<Continuation*> continuation_;
};

/// What is an error in a child for calls that the parent has made.
CancelledError left_to_the_parent() {
  return {"the call was made before fork() and goes on in the parent process only", Outcome::unknown};
}

}  // namespace

/// The continuations whose turn it is in one thread, one after the other: what completes while one runs waits until
/// that has returned. However long a chain of futures is, the stack stays short.
class ContinuationQueue {
 public:
  void run(Continuation& continuation, const FutureStateBase& state) noexcept {
    continuation.state_ = &state;  // which the continuation keeps
    continuation.next_ = nullptr;
    (last_ != nullptr ? last_->next_ : first_) = &continuation;
    last_ = &continuation;
    if (running_) return;
    running_ = true;
    while (Continuation* const next = first_) {
      first_ = next->next_;
      if (first_ == nullptr) last_ = nullptr;
      next->state_->dispatch(*next);
    }
    running_ = false;
  }

 private:
  Continuation* first_ = nullptr;
  Continuation* last_ = nullptr;
  bool running_ = false;
};

FutureStateBase::FutureStateBase(std::shared_ptr<const Executor> executor) noexcept
    : generation_(fork_generation()), executor_(std::move(executor)) {}

void FutureStateBase::succeed() noexcept { complete(); }

void FutureStateBase::fail(std::exception_ptr error) noexcept {
  error_ = std::move(error);
  failed_ = true;
  complete();
}

void FutureStateBase::complete() noexcept {
  Continuation* continuation = nullptr;
  bool notify = false;
  {
    const std::lock_guard lock(mutex_);
    ready_.store(true, std::memory_order_release);
    continuation = std::exchange(continuation_, nullptr);
    notify = has_waiters_;
  }
  if (notify) changed_.notify_all();
  thread_local ContinuationQueue queue;
  if (continuation != nullptr) queue.run(*continuation, *this);
}

void FutureStateBase::dispatch(Continuation& continuation) const noexcept {
  if (executor_ == nullptr || continuation.internal_) return continuation.run();
  const std::shared_ptr<const Executor> executor =
      executor_;                   // it may run the errand, and this be gone, at once
  std::shared_ptr<Errand> errand;  // a std::function is copied as it likes: all copies share the errand
  try {
    errand = std::make_shared<Errand>(continuation);
  } catch (...) {
    return continuation.run();
  }
  try {
    (*executor)([errand] { errand->run(); });
  } catch (...) {
    // An executor that takes no more: the errand is run when the last one drops it, which may be here.
  }
}

bool FutureStateBase::then(Continuation& continuation, bool or_return) {
  if (!ready() && is_the_parents()) {  // at the fork its lock may have been held
    error_ = std::make_exception_ptr(left_to_the_parent());
    failed_ = true;
    ready_.store(true, std::memory_order_release);
  }
  if (!ready()) {
    const std::lock_guard lock(mutex_);
    if (!ready()) {
      continuation_ = &continuation;
      return true;
    }
  }
  if (or_return) return false;
  dispatch(continuation);
  return true;
}

void FutureStateBase::forget(const Continuation& continuation) noexcept {
  if (ready() || is_the_parents()) return;
  const std::lock_guard lock(mutex_);
  if (continuation_ == &continuation) continuation_ = nullptr;
}

bool FutureStateBase::is_the_parents() const noexcept { return generation_ != fork_generation(); }

void FutureStateBase::check_may_wait() const {
  if (on_io_thread()) {
    throw UsageError(
        "a callback on the client's I/O thread must not wait for a result, which would never come; use then() or "
        "co_await, or set ClientOptions::executor");
  }
  if (is_the_parents()) throw left_to_the_parent();
}

void FutureStateBase::wait() const {
  if (ready()) return;
  check_may_wait();
  std::unique_lock lock(mutex_);
  has_waiters_ = true;
  changed_.wait(lock, [this] { return ready(); });
}

bool FutureStateBase::wait_until(std::chrono::steady_clock::time_point until) const {
  if (ready()) return true;
  check_may_wait();
  std::unique_lock lock(mutex_);
  has_waiters_ = true;
  return changed_.wait_until(lock, until, [this] { return ready(); });
}

}  // namespace upstash::detail
