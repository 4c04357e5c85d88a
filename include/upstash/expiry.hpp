// When a value is to expire: after a duration, at an instant, or as it was.
#pragma once

#include <chrono>
#include <cstdint>

namespace upstash {

/// SET and HSETEX: keep the expiry that the key or field has (KEEPTTL).
struct KeepTtl {};
inline constexpr KeepTtl keep_ttl{};

/// GETEX and HGETEX: remove the expiry (PERSIST).
struct Persist {};
inline constexpr Persist persist{};

/// A duration (sent as EX in seconds or PX in milliseconds, whichever is exact) or an instant (EXAT, PXAT).
/// What is finer than a millisecond is rounded up, so that nothing expires early.
class Expiry {
 public:
  template <class Rep, class Period>
  Expiry(std::chrono::duration<Rep, Period> duration)
      : kind_(Kind::duration),
        milliseconds_(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) {}
  template <class Duration>
  Expiry(std::chrono::time_point<std::chrono::system_clock, Duration> instant)
      : kind_(Kind::instant),
        milliseconds_(std::chrono::ceil<std::chrono::milliseconds>(instant.time_since_epoch()).count()) {}

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
  SetExpiry(KeepTtl) noexcept : Expiry(Kind::keep) {}
};

/// An Expiry, or `upstash::persist`.
class GetExpiry : public Expiry {
 public:
  using Expiry::Expiry;
  GetExpiry(Persist) noexcept : Expiry(Kind::remove) {}
};

}  // namespace upstash
