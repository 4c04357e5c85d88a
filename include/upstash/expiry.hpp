// When something is to happen: Expiry, which is a duration, an instant or as it was; Instant.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace upstash {

namespace detail {

/// Rounded up. What 64 bits cannot hold is the most, or the least, that they can.
template <class Rep, class Period>
[[nodiscard]] constexpr std::int64_t to_milliseconds(const std::chrono::duration<Rep, Period>& duration) {
  const double approximate = std::chrono::duration<double, std::milli>(duration).count();
  if (!(approximate < 0x1p63)) return INT64_MAX;
  if (approximate < -0x1p63) return INT64_MIN;
  return std::chrono::ceil<std::chrono::milliseconds>(duration).count();
}

}  // namespace detail

/// SET and HSETEX: keep the expiry that the key or field has (KEEPTTL).
struct KeepTtl {};
inline constexpr KeepTtl keep_ttl{};

/// GETEX and HGETEX: remove the expiry (PERSIST).
struct Persist {};
inline constexpr Persist persist{};

/// A time point of std::chrono::system_clock, whatever its precision, rounded up to milliseconds. Unlike
/// std::chrono::system_clock::time_point it reaches far beyond the year 2262.
class Instant {
 public:
  template <class Duration>
  Instant(std::chrono::time_point<std::chrono::system_clock, Duration> instant)
      : milliseconds_(detail::to_milliseconds(instant.time_since_epoch())) {}

  /// Since the Unix epoch.
  [[nodiscard]] std::int64_t milliseconds() const noexcept { return milliseconds_; }

 private:
  std::int64_t milliseconds_;
};

/// A duration (sent as EX in seconds or PX in milliseconds, whichever is exact) or an instant (EXAT, PXAT).
/// What is finer than a millisecond is rounded up, so that nothing expires early.
class Expiry {
 public:
  template <class Rep, class Period>
  Expiry(std::chrono::duration<Rep, Period> duration)
      : kind_(Kind::duration), milliseconds_(detail::to_milliseconds(duration)) {}
  template <class Duration>
  Expiry(std::chrono::time_point<std::chrono::system_clock, Duration> instant)
      : kind_(Kind::instant), milliseconds_(detail::to_milliseconds(instant.time_since_epoch())) {}

  enum class Kind : std::uint8_t { duration, instant, keep, remove };
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// The duration, or the instant since the Unix epoch, in milliseconds.
  [[nodiscard]] std::int64_t milliseconds() const noexcept { return milliseconds_; }

 protected:
  explicit Expiry(Kind kind) noexcept : kind_(kind), milliseconds_(0) {}

 private:
  Kind kind_;
  std::int64_t milliseconds_;
};

/// An Expiry, or `upstash::keep_ttl`.
class SetExpiry : public Expiry {
 public:
  using Expiry::Expiry;
  SetExpiry(const Expiry& expiry) noexcept : Expiry(expiry) {}
  SetExpiry(KeepTtl) noexcept : Expiry(Kind::keep) {}
};

/// An Expiry, or `upstash::persist`.
class GetExpiry : public Expiry {
 public:
  using Expiry::Expiry;
  GetExpiry(const Expiry& expiry) noexcept : Expiry(expiry) {}
  GetExpiry(Persist) noexcept : Expiry(Kind::remove) {}
};

}  // namespace upstash
