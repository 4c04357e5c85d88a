// OptionalArgument: a member of an options struct that may be left out.
#pragma once

#include <concepts>
#include <optional>
#include <type_traits>

namespace upstash {

namespace detail {

/// C++ would drop the fraction without a word.
template <class U, class T>
concept FractionForInteger = std::floating_point<U> && std::integral<T>;

/// What a T is made from.
template <class U, class T>
concept ArgumentFor = std::convertible_to<const U&, T> && !FractionForInteger<U, T>;

}  // namespace detail

/// A T, or nothing: a std::optional for arguments, which are small and look at their text.
///
/// It is made from whatever a T is made from, from a std::optional and from std::nullopt. (std::optional itself costs
/// each user of the header several times its compile time, for each of the dozens of types that options have.) Options
/// that are kept for later must not outlive the texts that they look at.
template <class T>
class OptionalArgument {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  constexpr OptionalArgument() noexcept : nothing_() {}
  constexpr OptionalArgument(std::nullopt_t) noexcept : nothing_() {}
  constexpr OptionalArgument(const T& argument) noexcept : argument_(argument), given_(true) {}
  template <class U>
    requires(detail::ArgumentFor<U, T> && !std::same_as<U, T>)
  constexpr OptionalArgument(const U& argument) : argument_(static_cast<T>(argument)), given_(true) {}
  template <detail::FractionForInteger<T> U>
  OptionalArgument(const U& argument) = delete;
  template <detail::ArgumentFor<T> U>
  constexpr OptionalArgument(const std::optional<U>& argument) : nothing_() {
    if (argument) *this = OptionalArgument(static_cast<T>(*argument));
  }

  [[nodiscard]] constexpr bool has_value() const noexcept { return given_; }
  constexpr explicit operator bool() const noexcept { return given_; }
  /// The argument; only if there is one.
  [[nodiscard]] constexpr const T& operator*() const noexcept { return argument_; }
  [[nodiscard]] constexpr const T* operator->() const noexcept { return &argument_; }

  friend constexpr bool operator==(const OptionalArgument& left, const T& right) noexcept {
    return left.given_ && left.argument_ == right;
  }

 private:
  struct Nothing {};
  union {
    Nothing nothing_;
    T argument_;
  };
  bool given_ = false;
};

}  // namespace upstash
