// Task<T>: the least coroutine type that the examples need. The library brings none: its futures can be awaited in a
// coroutine of any kind, such as your framework's.
#pragma once

#include <coroutine>
#include <exception>
#include <future>
#include <optional>
#include <utility>

#include <upstash/future.hpp>

/// A coroutine that starts when it is awaited, and then resumes who awaits it with its result or its exception.
template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  struct promise_type {
    Task get_return_object() { return Task(Handle::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    auto final_suspend() noexcept {
      struct ResumeWaiting : std::suspend_always {
        std::coroutine_handle<> await_suspend(Handle self) noexcept { return self.promise().waiting; }
      };
      return ResumeWaiting{};
    }
    void return_value(T value) { result.emplace(std::move(value)); }
    void unhandled_exception() { result.emplace(std::current_exception()); }

    std::coroutine_handle<> waiting;
    std::optional<upstash::Result<T>> result;
  };

  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
    coroutine_.promise().waiting = waiting;
    return coroutine_;
  }
  T await_resume() { return std::move(*coroutine_.promise().result).value(); }

 private:
  explicit Task(Handle coroutine) noexcept : coroutine_(coroutine) {}

  Handle coroutine_;
};

/// A coroutine that runs by itself.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// Runs the task in this thread up to its first wait, waits for its end, and returns its result or throws.
template <class T>
T sync_wait(Task<T> task) {
  // The promise lives in the coroutine, which may still be at it when this function has returned; the task stays here.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters)
  constexpr auto fulfil = [](Task<T>& awaited, std::promise<T> promise) -> Detached {
    try {
      promise.set_value(co_await awaited);
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  };
  std::promise<T> promise;
  std::future<T> result = promise.get_future();
  fulfil(task, std::move(promise));
  return result.get();
}
