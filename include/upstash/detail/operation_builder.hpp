// OperationBuilder: a command that is made of operations, one method call after the other.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <upstash/command.hpp>
#include <upstash/detail/argument_writer.hpp>

namespace upstash::detail {

/// A command under construction.
struct Operations {
  CommandTraits traits;
  const ResultType* result;
  ArgumentWriter writer;
  std::size_t count = 0;
};

/// Throws UsageError when there are no operations yet.
[[nodiscard]] EncodedCommand finish(const Operations& operations);

/// Of a builder that only makes its command.
struct NoTarget {};

/// `Target` is what carries out the command: its `run()` gets it.
template <class Target, class Result>
class OperationBuilder {
 public:
  OperationBuilder(Target target, Operations operations)
      : target_(std::move(target)), operations_(std::move(operations)) {}
  template <class Other>
  OperationBuilder(Target target, const OperationBuilder<Other, Result>& other)
      : OperationBuilder(std::move(target), other.operations()) {}

  /// The command with its operations so far, for Redis::batch() and Redis::transaction(). Throws UsageError when
  /// there are none.
  [[nodiscard]] Command<Result> command() const {
    return {operations_.traits, finish(operations_), *operations_.result};
  }

  /// Redis: sends the command and returns the results of its operations, in order. Pipeline: adds the command
  /// and returns the pipeline. Throws UsageError when there are no operations.
  decltype(auto) execute() const
    requires(!std::is_same_v<Target, NoTarget>)
  {
    return target_.run(command());
  }

  [[nodiscard]] const Operations& operations() const noexcept { return operations_; }
  [[nodiscard]] Operations& operations() noexcept { return operations_; }

 private:
  Target target_;
  Operations operations_;
};

}  // namespace upstash::detail
