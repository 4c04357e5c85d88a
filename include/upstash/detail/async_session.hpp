// AsyncSession: the asynchronous client that calls go through, together with the settings of these calls.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <upstash/client_options.hpp>
#include <upstash/command.hpp>
#include <upstash/future.hpp>
#include <upstash/reply_types.hpp>

namespace upstash::detail {

class AsyncEngine;

/// What the future of a command's result has: nothing where there is nothing to say.
template <class T>
using FutureValue = std::conditional_t<std::is_same_v<T, Ok>, void, T>;

class AsyncSession {
 public:
  AsyncSession(std::shared_ptr<AsyncEngine> engine, CallOptions options)
      : engine_(std::move(engine)), options_(std::move(options)) {}

  /// Starts the command. Throws UsageError for what cannot be sent; everything else is the future's error.
  template <class T>
  Future<FutureValue<T>> run(const Command<T>& command) const {
    StateRef<FutureState<FutureValue<T>>> state(new FutureState<FutureValue<T>>(executor()));
    start(command, StateRef<FutureStateBase>(StateRef(state)), state->address());
    return FutureAccess::make(std::move(state));
  }

  /// The same, but the client does not wait for it to go: for what calls in flight hold.
  [[nodiscard]] AsyncSession without_client() const;

  [[nodiscard]] const std::shared_ptr<AsyncEngine>& engine() const noexcept { return engine_; }
  [[nodiscard]] const CallOptions& options() const noexcept { return options_; }
  [[nodiscard]] const std::shared_ptr<const Executor>& executor() const noexcept;

 private:
  void start(const AnyCommand& command, StateRef<FutureStateBase> state, void* result) const;

  std::shared_ptr<AsyncEngine> engine_;
  CallOptions options_;
};

}  // namespace upstash::detail
