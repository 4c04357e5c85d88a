// PerProcess: state under a lock, of which a forked child gets one of its own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

namespace upstash::detail {

/// Grows by one in every forked child.
[[nodiscard]] unsigned fork_generation() noexcept;

/// A `T` that many threads use, one at a time.
///
/// At fork() another thread may hold the lock or have the state half changed, and what it refers to (sockets) goes
/// on being the parent's. So the first use in a child leaves the parent's state alone, for ever, and goes on with
/// `T::in_child(parent's)`, where the argument is null if it was in use at the fork.
template <class T>
class PerProcess {
 public:
  template <class... Arguments>
  explicit PerProcess(Arguments&&... arguments)
      : state_(new State(nullptr, T(std::forward<Arguments>(arguments)...))) {}
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    // States of other processes stay as they are: to release them would touch what they share with a parent.
    State* const state = state_.load();
    if (state->generation == fork_generation()) delete state;
  }

  /// Calls `use` with the state, locked.
  template <class Use>
  decltype(auto) with(Use&& use) {
    State& state = current();
    const std::lock_guard lock(state.mutex);
    return std::forward<Use>(use)(state.value);
  }

 private:
  struct State {
    State(State* parent_state, T&& initial)
        : parent(parent_state), generation(fork_generation()), value(std::move(initial)) {}
    State* parent;  // keeps it reachable, for leak checkers
    unsigned generation;
    std::mutex mutex;
    T value;
  };

  State& current() {
    State* state = state_.load(std::memory_order_acquire);
    if (state->generation == fork_generation()) [[likely]] {
      return *state;
    }
    const std::unique_lock lock(state->mutex, std::try_to_lock);
    auto fresh = std::make_unique<State>(state, T::in_child(lock ? &state->value : nullptr));
    if (state_.compare_exchange_strong(state, fresh.get(), std::memory_order_acq_rel))
      return *fresh.release();
    return *state;  // another thread of the child was first
  }

  std::atomic<State*> state_;
};

}  // namespace upstash::detail
