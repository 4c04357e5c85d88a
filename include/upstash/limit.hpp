// Limit: which part of what a command finds it returns.
#pragma once

#include <cstdint>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/value.hpp>

namespace upstash {

/// How many results to leave out, and how many to return after them: `.limit = {{0, 10}}`. LIMIT.
struct Limit {
  std::int64_t offset = 0;  ///< Counted from 0.
  std::int64_t count = 0;   ///< Less than 0: all the others.

  /// Writes `offset count`.
  void write(detail::ArgumentWriter& writer) const {
    writer.add(Value(offset));
    writer.add(Value(count));
  }
  friend bool operator==(const Limit&, const Limit&) = default;
};

}  // namespace upstash
