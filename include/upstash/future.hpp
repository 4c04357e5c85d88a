// Future<T>: the result of a call that has been started; Result<T>: a value or an error.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <upstash/error.hpp>
#include <upstash/reply_types.hpp>

namespace upstash {

template <class T>
class Future;
template <class T>
class Result;

namespace detail {

using Executor = std::function<void(std::function<void()>)>;

/// What a result of type T is kept as.
template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, Ok, T>;

/// The library's own error in an exception, null if it is another.
[[nodiscard]] const Error* error_in(const std::exception_ptr& exception) noexcept;

class FutureStateBase;

/// What goes on when a result is there. It owns itself until it has run.
class Continuation {
 public:
  Continuation(const Continuation&) = delete;
  Continuation& operator=(const Continuation&) = delete;

  /// Called once, at the latest when nothing can come any more.
  virtual void run() noexcept = 0;

 protected:
  explicit Continuation(bool internal) noexcept : internal_(internal) {}
  ~Continuation() = default;

 private:
  friend FutureStateBase;
  friend class ContinuationQueue;
  bool internal_;                           // runs none of the user's code, so needs no executor
  const FutureStateBase* state_ = nullptr;  // whose result it goes on with, while it waits for its turn
  Continuation* next_ = nullptr;
};

/// What a future and its maker share, whatever the result. It deletes itself with its last reference.
class FutureStateBase {
 public:
  FutureStateBase(const FutureStateBase&) = delete;
  FutureStateBase& operator=(const FutureStateBase&) = delete;
  virtual ~FutureStateBase() = default;

  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  // The maker's side. Exactly one of the two is called, once.

  /// The result has been put into the state.
  void succeed() noexcept;
  void fail(std::exception_ptr error) noexcept;

  // The future's side.

  [[nodiscard]] bool ready() const noexcept { return ready_.load(std::memory_order_acquire); }
  void wait();
  [[nodiscard]] bool wait_until(std::chrono::steady_clock::time_point until);
  /// Runs the continuation once the result is there; with `or_return`, it is not taken if it is there already, and
  /// the answer is false.
  bool then(Continuation& continuation, bool or_return);
  /// The continuation is not to be run any more.
  void forget(const Continuation& continuation) noexcept;

  /// Only when ready: there is no result.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// Only when failed, and once: whoever takes the error is the only one to hold it.
  [[nodiscard]] std::exception_ptr take_error() noexcept { return std::move(error_); }
  [[nodiscard]] const std::shared_ptr<const Executor>& executor() const noexcept { return executor_; }

 protected:
  explicit FutureStateBase(std::shared_ptr<const Executor> executor) noexcept;

 private:
  friend class ContinuationQueue;

  void complete() noexcept;
  void dispatch(Continuation& continuation) const noexcept;
  /// Waits are over at once for a state of the parent process, whose thread there is not in this one.
  void end_if_parents() noexcept;
  [[nodiscard]] bool is_the_parents() const noexcept;

  std::atomic<std::uint32_t> references_{1};
  std::atomic<bool> ready_{false};
  mutable bool has_waiters_ = false;
  unsigned generation_;  // of the process, which a fork() changes
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  Continuation* continuation_ = nullptr;
  bool failed_ = false;
  std::exception_ptr error_;
  std::shared_ptr<const Executor> executor_;
};

/// A counted reference to a state.
template <class State>
class StateRef {
 public:
  StateRef() noexcept = default;
  /// Takes the reference over that the pointer stands for.
  explicit StateRef(State* owned) noexcept : state_(owned) {}
  StateRef(StateRef&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  template <class Derived>
    requires std::is_convertible_v<Derived*, State*>
  StateRef(StateRef<Derived>&& other) noexcept : state_(other.detach()) {}
  StateRef(const StateRef& other) noexcept : state_(other.state_) {
    if (state_ != nullptr) state_->retain();
  }
  StateRef& operator=(StateRef other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~StateRef() {
    if (state_ != nullptr) state_->release();
  }

  [[nodiscard]] State* get() const noexcept { return state_; }
  [[nodiscard]] State* detach() noexcept { return std::exchange(state_, nullptr); }
  State* operator->() const noexcept { return state_; }
  State& operator*() const noexcept { return *state_; }
  explicit operator bool() const noexcept { return state_ != nullptr; }

 private:
  State* state_ = nullptr;
};

/// Also the room for the result: a parser puts it at address(), succeed() says that it is there.
template <class T>
class FutureState : public FutureStateBase {
 public:
  explicit FutureState(std::shared_ptr<const Executor> executor = {}) noexcept
      : FutureStateBase(std::move(executor)) {}
  FutureState(const FutureState&) = delete;
  FutureState& operator=(const FutureState&) = delete;
  ~FutureState() override {
    if (ready() && !failed()) result_.~Stored<T>();
  }

  [[nodiscard]] void* address() noexcept { return &result_; }
  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    ::new (address()) Stored<T>(std::forward<Arguments>(arguments)...);
    succeed();
  }
  /// Only when ready and without an error.
  [[nodiscard]] Stored<T>& result() noexcept { return result_; }

 private:
  union {
    Stored<T> result_;
  };
};

[[noreturn]] void throw_no_state();

}  // namespace detail

/// What a call ended with, its value or its error: what Future::then() gives to its callback. A Result<void> has no
/// value, and its value() only throws the error.
template <class T>
class Result {
 public:
  explicit Result(T value) : value_(std::move(value)) {}
  explicit Result(std::exception_ptr error) noexcept : exception_(std::move(error)) {}

  /// True when there is a value.
  [[nodiscard]] explicit operator bool() const noexcept { return exception_ == nullptr; }
  /// The value; throws the error when there is none.
  [[nodiscard]] T& value() & {
    check();
    return *value_;
  }
  [[nodiscard]] const T& value() const& {
    check();
    return *value_;
  }
  [[nodiscard]] T value() && {
    check();
    return std::move(*value_);
  }
  /// The error, null when there is none or when it is not one of the library's (see exception()). It lives as long
  /// as the result.
  [[nodiscard]] const Error* error() const noexcept { return detail::error_in(exception_); }
  /// The error whatever it is, null when there is none.
  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

 private:
  void check() const {
    if (exception_) std::rethrow_exception(exception_);
  }

  std::optional<T> value_;
  std::exception_ptr exception_;
};

template <>
class Result<void> {
 public:
  Result() noexcept = default;
  explicit Result(std::exception_ptr error) noexcept : exception_(std::move(error)) {}

  [[nodiscard]] explicit operator bool() const noexcept { return exception_ == nullptr; }
  void value() const {
    if (exception_) std::rethrow_exception(exception_);
  }
  [[nodiscard]] const Error* error() const noexcept { return detail::error_in(exception_); }
  [[nodiscard]] const std::exception_ptr& exception() const noexcept { return exception_; }

 private:
  std::exception_ptr exception_;
};

namespace detail {

template <class T>
[[nodiscard]] Result<T> result_of(FutureState<T>& state) {
  if (state.failed()) return Result<T>(state.take_error());
  if constexpr (std::is_void_v<T>) {
    return Result<void>();
  } else {
    return Result<T>(std::move(state.result()));
  }
}

template <class T>
T take(FutureState<T>& state) {
  if (state.failed()) std::rethrow_exception(state.take_error());
  if constexpr (!std::is_void_v<T>) return std::move(state.result());
}

template <class T>
struct FutureOf {
  using Value = T;
  static constexpr bool is_future = false;
};
template <class T>
struct FutureOf<Future<T>> {
  using Value = T;
  static constexpr bool is_future = true;
};

struct FutureAccess;

template <class T, class F>
class ThenState;
template <class T>
class Awaiter;

}  // namespace detail

/// The result of a call that has been started: there now, or later.
///
/// A future may be moved, not copied. Its result is taken once, by one of get(), then() and co_await, after which the
/// future is empty: using it again throws UsageError. A future is used by one thread at a time, from whichever. It may
/// outlive its client, and may be dropped: the call goes on, and nobody is told of its error.
template <class T>
class [[nodiscard]] Future {
 public:
  using Value = T;

  /// An empty future; only to be assigned to.
  Future() noexcept = default;
  Future(Future&&) noexcept = default;
  Future& operator=(Future&&) noexcept = default;
  Future(const Future&) = delete;
  Future& operator=(const Future&) = delete;
  ~Future() = default;

  /// False when the future is empty: the result was taken.
  [[nodiscard]] bool valid() const noexcept { return static_cast<bool>(state_); }

  /// True when the result is there: get() would not wait.
  [[nodiscard]] bool ready() const { return state().ready(); }
  /// Waits for the result. Throws UsageError in a callback that runs on a client's I/O thread, which would wait for
  /// itself: use then() or co_await there, or ClientOptions::executor.
  void wait() const { state().wait(); }
  /// Waits for the result, at most so long. True when it is there. Throws as wait().
  template <class Rep, class Period>
  [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> longest) const {
    const auto now = std::chrono::steady_clock::now();
    using Clock = std::chrono::steady_clock;
    const auto room = std::chrono::duration<double>(Clock::time_point::max() - now);
    // Half of what fits: no rounding of a double can overflow.
    const auto until = std::chrono::duration<double>(longest) < room / 2
                           ? now + std::chrono::ceil<Clock::duration>(longest)
                           : now + (Clock::time_point::max() - now) / 2;
    return state().wait_until(until);
  }
  /// Waits for the result and returns it; throws what the same call of Redis would throw.
  T get() {
    wait();
    const detail::StateRef<detail::FutureState<T>> state = std::exchange(state_, {});
    return detail::take(*state);
  }

  /// Calls `f` with the Result<T> once it is there, and gives the future of what f returns. An exception that leaves
  /// f is that future's error. When f returns a future itself, this is its result's.
  ///
  /// f runs on the client's I/O thread, where it holds up all its other calls, or on ClientOptions::executor; when
  /// the result is there already, at once in this thread, or on the executor.
  template <class F>
  auto then(F f);

  /// Gives the result to a coroutine, of whatever kind, or throws as get() does. The coroutine goes on where a
  /// callback of then() would run; when the result is there already, it just goes on. A coroutine that waits must not
  /// be destroyed, except in a callback on the client's I/O thread.
  detail::Awaiter<T> operator co_await() && {
    static_cast<void>(state());
    return detail::Awaiter<T>(std::exchange(state_, {}));
  }
  detail::Awaiter<T> operator co_await() & { return std::move(*this).operator co_await(); }

 private:
  friend detail::FutureAccess;
  explicit Future(detail::StateRef<detail::FutureState<T>> state) noexcept : state_(std::move(state)) {}
  detail::FutureState<T>& state() const {
    if (!state_) detail::throw_no_state();
    return *state_;
  }

  detail::StateRef<detail::FutureState<T>> state_;
};

namespace detail {

/// Makes futures, and gives the library what is in them.
struct FutureAccess {
  template <class T>
  static Future<T> make(StateRef<FutureState<T>> state) noexcept {
    return Future<T>(std::move(state));
  }
  template <class T>
  static StateRef<FutureState<T>> take_state(Future<T>& future) {
    static_cast<void>(future.state());
    return std::exchange(future.state_, {});
  }
  template <class T, class F>
  static auto then(Future<T>& future, F f, bool internal) {
    using Returned = std::invoke_result_t<F&, Result<T>>;
    using Value = typename FutureOf<Returned>::Value;
    auto* const state = new ThenState<T, F>(take_state(future), std::move(f), internal);
    StateRef<FutureState<Value>> reference(state);  // NOLINT(cppcoreguidelines-slicing)
    state->start();
    return Future<Value>(std::move(reference));
  }
};

/// Gives the result of one state to another.
template <class T>
class Forward final : public Continuation {
 public:
  Forward(StateRef<FutureState<T>> from, StateRef<FutureState<T>> to) noexcept
      : Continuation(true), from_(std::move(from)), to_(std::move(to)) {}
  void run() noexcept override {
    const std::unique_ptr<Forward> self(this);
    if (from_->failed()) return to_->fail(from_->take_error());
    try {
      to_->emplace(std::move(from_->result()));
    } catch (...) {
      to_->fail(std::current_exception());
    }
  }
  void start() { from_->then(*this, false); }

 private:
  StateRef<FutureState<T>> from_;
  StateRef<FutureState<T>> to_;
};

/// The state of the future that then() gives, together with the callback.
template <class T, class F>
class ThenState final : public FutureState<typename FutureOf<std::invoke_result_t<F&, Result<T>>>::Value>,
                        public Continuation {
  using Returned = std::invoke_result_t<F&, Result<T>>;
  using Value = typename FutureOf<Returned>::Value;

 public:
  ThenState(StateRef<FutureState<T>> source, F f, bool internal)
      : FutureState<Value>(source->executor()),
        Continuation(internal),
        source_(std::move(source)),
        f_(std::move(f)) {}

  void start() {
    this->retain();  // for run()
    source_->then(*this, false);
  }

  void run() noexcept override {
    const StateRef<FutureState<Value>> self(this);  // NOLINT(cppcoreguidelines-slicing)
    const StateRef<FutureState<T>> source = std::move(source_);
    std::optional<F> f(std::move(f_));
    f_.reset();
    std::exception_ptr error;
    try {
      if constexpr (FutureOf<Returned>::is_future) {
        Future<Value> inner = (*f)(result_of(*source));
        f.reset();
        auto* const forward =
            new Forward<Value>(FutureAccess::take_state(inner), StateRef<FutureState<Value>>(self));
        forward->start();
      } else if constexpr (std::is_void_v<Returned>) {
        (*f)(result_of(*source));
        f.reset();
        this->emplace();
      } else {
        Returned returned = (*f)(result_of(*source));
        f.reset();
        this->emplace(std::move(returned));
      }
      return;
    } catch (...) {
      error = std::current_exception();
    }
    this->fail(std::move(error));  // not sooner: there the exception still has another holder, in this thread
  }

 private:
  StateRef<FutureState<T>> source_;
  std::optional<F> f_;
};

/// What co_await waits with. It lives in the coroutine's frame.
template <class T>
class Awaiter final : public Continuation {
 public:
  explicit Awaiter(StateRef<FutureState<T>> state) noexcept : Continuation(false), state_(std::move(state)) {}

  Awaiter(const Awaiter&) = delete;
  Awaiter& operator=(const Awaiter&) = delete;
  ~Awaiter() {
    if (waiting_) state_->forget(*this);  // for a coroutine that is destroyed while it waits
  }

  [[nodiscard]] bool await_ready() const noexcept { return state_->ready(); }
  bool await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    const StateRef<FutureState<T>> state =
        state_;  // the coroutine may go on, and this be gone, before then() is left
    return state->then(*this, true);
  }
  T await_resume() { return take(*state_); }

  void run() noexcept override {
    try {
      waiting_.resume();
    } catch (...) {
      // The coroutine's promise let it through; there is nobody to take it.
    }
  }

 private:
  StateRef<FutureState<T>> state_;
  std::coroutine_handle<> waiting_;
};

/// Counts down the futures that when_all() waits for; the last one gathers their results.
template <class State>
class Countdown final : public Continuation {
 public:
  Countdown() noexcept : Continuation(true) {}
  void watch(State& state) noexcept { state_ = &state; }
  void run() noexcept override { state_->one_less(); }

 private:
  State* state_ = nullptr;
};

template <class... T>
class WhenAllState final : public FutureState<std::tuple<Stored<T>...>> {
 public:
  WhenAllState(std::shared_ptr<const Executor> executor, StateRef<FutureState<T>>... sources) noexcept
      : FutureState<std::tuple<Stored<T>...>>(std::move(executor)), sources_(std::move(sources)...) {}

  void start() {
    this->retain();  // for gather()
    start_all(std::index_sequence_for<T...>{});
    one_less();
  }
  void one_less() noexcept {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) gather(std::index_sequence_for<T...>{});
  }

 private:
  template <std::size_t... Index>
  void start_all(std::index_sequence<Index...>) {
    (..., (countdowns_[Index].watch(*this), std::get<Index>(sources_)->then(countdowns_[Index], false)));
  }
  template <std::size_t... Index>
  void gather(std::index_sequence<Index...>) noexcept {
    const StateRef<WhenAllState> self(this);
    const auto sources = std::move(sources_);
    FutureStateBase* failed = nullptr;
    (...,
     (failed =
          failed == nullptr && std::get<Index>(sources)->failed() ? std::get<Index>(sources).get() : failed));
    if (failed != nullptr) return this->fail(failed->take_error());
    try {
      this->emplace(std::move(std::get<Index>(sources)->result())...);
    } catch (...) {
      this->fail(std::current_exception());
    }
  }

  std::tuple<StateRef<FutureState<T>>...> sources_;
  std::array<Countdown<WhenAllState>, sizeof...(T)> countdowns_;
  std::atomic<std::size_t> left_{sizeof...(T) + 1};
};

template <class T>
using AllOf = std::conditional_t<std::is_void_v<T>, void, std::vector<Stored<T>>>;

template <class T>
class WhenEachState final : public FutureState<AllOf<T>> {
 public:
  WhenEachState(std::shared_ptr<const Executor> executor, std::vector<StateRef<FutureState<T>>> sources)
      : FutureState<AllOf<T>>(std::move(executor)),
        sources_(std::move(sources)),
        countdowns_(std::make_unique<Countdown<WhenEachState>[]>(sources_.size())),
        left_(sources_.size() + 1) {}

  void start() {
    this->retain();  // for gather()
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      countdowns_[i].watch(*this);
      sources_[i]->then(countdowns_[i], false);
    }
    one_less();
  }
  void one_less() noexcept {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) gather();
  }

 private:
  void gather() noexcept {
    const StateRef<WhenEachState> self(this);
    const auto sources = std::move(sources_);
    for (const auto& source : sources) {
      if (source->failed()) return this->fail(source->take_error());
    }
    try {
      if constexpr (std::is_void_v<T>) {
        this->emplace();
      } else {
        std::vector<T> results;
        results.reserve(sources.size());
        for (const auto& source : sources) results.push_back(std::move(source->result()));
        this->emplace(std::move(results));
      }
    } catch (...) {
      this->fail(std::current_exception());
    }
  }

  std::vector<StateRef<FutureState<T>>> sources_;
  std::unique_ptr<Countdown<WhenEachState>[]> countdowns_;
  std::atomic<std::size_t> left_;
};

/// A future that is ready.
template <class T, class... Arguments>
[[nodiscard]] Future<T> ready_future(Arguments&&... arguments) {
  StateRef<FutureState<T>> state(new FutureState<T>());
  state->emplace(std::forward<Arguments>(arguments)...);
  return FutureAccess::make(std::move(state));
}
template <class T>
[[nodiscard]] Future<T> failed_future(std::exception_ptr error) {
  StateRef<FutureState<T>> state(new FutureState<T>());
  state->fail(std::move(error));
  return FutureAccess::make(std::move(state));
}

}  // namespace detail

template <class T>
template <class F>
auto Future<T>::then(F f) {
  return detail::FutureAccess::then(*this, std::move(f), false);
}

/// A future of all the results, which is ready when all of them are, also when some failed: then its error is the
/// first one's in the order given. The result of a Future<void> is upstash::Ok.
template <class... T>
  requires(sizeof...(T) > 0)
[[nodiscard]] Future<std::tuple<detail::Stored<T>...>> when_all(Future<T>... futures) {
  using State = detail::WhenAllState<T...>;
  auto states = std::tuple(detail::FutureAccess::take_state(futures)...);
  std::shared_ptr<const detail::Executor> executor = std::get<0>(states)->executor();
  detail::StateRef<State> state(std::apply(
      [&](auto&... sources) { return new State(std::move(executor), std::move(sources)...); }, states));
  state->start();
  return detail::FutureAccess::make(
      detail::StateRef<detail::FutureState<std::tuple<detail::Stored<T>...>>>(std::move(state)));
}

/// The same for a vector of futures: Future<std::vector<T>>, or Future<void> for futures without results.
template <class T>
[[nodiscard]] Future<detail::AllOf<T>> when_all(std::vector<Future<T>> futures) {
  using State = detail::WhenEachState<T>;
  std::vector<detail::StateRef<detail::FutureState<T>>> states;
  states.reserve(futures.size());
  for (Future<T>& future : futures) states.push_back(detail::FutureAccess::take_state(future));
  std::shared_ptr<const detail::Executor> executor;
  if (!states.empty()) executor = states.front()->executor();
  detail::StateRef<State> state(new State(std::move(executor), std::move(states)));
  state->start();
  return detail::FutureAccess::make(
      detail::StateRef<detail::FutureState<detail::AllOf<T>>>(std::move(state)));
}

}  // namespace upstash
