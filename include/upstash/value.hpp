// Value: one argument of a command whose content is the user's.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace upstash {

namespace detail {

template <class T>
concept StringLike =
    std::convertible_to<const T&, std::string_view> && !std::same_as<T, std::nullptr_t>;  // C++20 allows it

template <class T>
concept Integer = std::integral<T> && sizeof(T) <= sizeof(std::int64_t) && !std::same_as<T, bool> &&
                  !std::same_as<T, char> && !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                  !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
concept Number = Integer<T> || std::floating_point<T>;

}  // namespace detail

/// A value to store: text or bytes, an integer, a floating point number or a bool.
///
/// Numbers are sent as their shortest exact decimal text, bools as `true` and `false`. A Value only looks at
/// text, it does not own it: it is meant for the arguments of a call, not to be kept.
class Value {
 public:
  template <detail::StringLike T>
  constexpr Value(const T& text) noexcept : text_(text), kind_(Kind::text) {}
  template <detail::Integer T>
    requires std::is_signed_v<T>
  constexpr Value(T number) noexcept : integer_(number), kind_(Kind::integer) {}
  template <detail::Integer T>
    requires std::is_unsigned_v<T>
  constexpr Value(T number) noexcept : unsigned_(number), kind_(Kind::unsigned_integer) {}
  // A float is not widened: 0.1f is sent as "0.1", not as "0.10000000149".
  template <std::same_as<float> T>
  constexpr Value(T number) noexcept : single_(number), kind_(Kind::single_precision) {}
  template <std::floating_point T>
    requires(!std::same_as<T, float>)
  constexpr Value(T number) noexcept : double_(static_cast<double>(number)), kind_(Kind::double_precision) {}
  template <std::same_as<bool> T>
  constexpr Value(T truth) noexcept : text_(truth ? "true" : "false"), kind_(Kind::text) {}

  enum class Kind : std::uint8_t { text, integer, unsigned_integer, single_precision, double_precision };
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// The content, by kind(); each may be read only when kind() says so.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] std::uint64_t unsigned_integer() const noexcept { return unsigned_; }
  [[nodiscard]] float single_precision() const noexcept { return single_; }
  [[nodiscard]] double double_precision() const noexcept { return double_; }

 private:
  union {
    std::string_view text_;
    std::int64_t integer_;
    std::uint64_t unsigned_;
    float single_;
    double double_;
  };
  Kind kind_;
};

}  // namespace upstash
