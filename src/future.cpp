#include <upstash/future.hpp>

#include "errand.hpp"
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

}  // namespace

void run_on(const Executor& executor, Continuation& continuation) noexcept {
  std::shared_ptr<Errand> errand;  // a std::function is copied as it likes: all copies share the errand
  try {
    errand = std::make_shared<Errand>(continuation);
  } catch (...) {
    return continuation.run();
  }
  try {
    executor([errand] { errand->run(); });
  } catch (...) {
    // An executor that takes no more: the errand is run when the last one drops it, which may be here.
  }
}

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
  if (continuation != nullptr) dispatch(*continuation);
}

void FutureStateBase::dispatch(Continuation& continuation) const noexcept {
  if (executor_ == nullptr || continuation.internal_) return continuation.run();
  run_on(*executor_, continuation);
}

bool FutureStateBase::then(Continuation& continuation, bool or_return) {
  {
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
  if (ready()) return;
  const std::lock_guard lock(mutex_);
  if (continuation_ == &continuation) continuation_ = nullptr;
}

void FutureStateBase::check_may_wait() const {
  if (on_io_thread()) {
    throw UsageError(
        "a callback on the client's I/O thread must not wait for a result, which would never come; use then() or "
        "co_await, or set ClientOptions::executor");
  }
  if (generation_ != fork_generation()) {
    throw CancelledError(
        "the call was made before fork() and goes on in the parent process only", Outcome::unknown);
  }
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
