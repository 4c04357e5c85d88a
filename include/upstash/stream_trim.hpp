// How far a stream is trimmed: StreamMaxlen by its length, StreamMinid by the age of its entries.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/value.hpp>

namespace upstash {

namespace detail {

/// What StreamMaxlen and StreamMinid have in common.
class StreamThreshold {
 public:
  /// Writes `threshold`, or `~ threshold [LIMIT limit]` when it is approximate.
  void write(ArgumentWriter& writer) const;

 protected:
  explicit StreamThreshold(const Value& threshold) noexcept : threshold_(threshold) {}
  StreamThreshold(const Value& threshold, std::optional<std::int64_t> limit) noexcept
      : threshold_(threshold), approximate_(true), limit_(limit) {}

 private:
  Value threshold_;
  bool approximate_ = false;
  std::optional<std::int64_t> limit_{};
};

}  // namespace detail

/// The number of entries that a stream keeps, the newest ones: `1000` for exactly so many. MAXLEN.
class StreamMaxlen : public detail::StreamThreshold {
 public:
  template <detail::Integer T>
  StreamMaxlen(T length) noexcept : StreamThreshold(Value(length)) {}

  /// Keeps at least this many, and a few more where that saves work: only whole nodes of the stream are dropped,
  /// which is much faster. No more than `limit` entries are dropped at a time, 0 for no such limit; by default 100
  /// times the entries of a node. `~`, LIMIT since 6.2.0.
  template <detail::Integer T>
  [[nodiscard]] static StreamMaxlen approximately(T length, std::optional<std::int64_t> limit = {}) noexcept {
    return StreamMaxlen(Value(length), limit);
  }

 private:
  using StreamThreshold::StreamThreshold;
};

/// The lowest id that a stream keeps: `"1700000000000-0"`, or the milliseconds alone, drops exactly the older
/// entries. MINID, since 6.2.0. It looks at text and does not own it.
class StreamMinid : public detail::StreamThreshold {
 public:
  template <detail::StringLike T>
  StreamMinid(const T& id) noexcept : StreamThreshold(Value(std::string_view(id))) {}

  /// Drops no younger entries, and keeps a few older ones where that saves work: only whole nodes of the stream are
  /// dropped, which is much faster. No more than `limit` entries are dropped at a time, 0 for no such limit; by
  /// default 100 times the entries of a node. `~`, LIMIT.
  [[nodiscard]] static StreamMinid approximately(
      std::string_view id, std::optional<std::int64_t> limit = {}) noexcept {
    return StreamMinid(Value(id), limit);
  }

 private:
  using StreamThreshold::StreamThreshold;
};

}  // namespace upstash
