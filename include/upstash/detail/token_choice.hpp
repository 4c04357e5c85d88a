// TokenChoice: one of several exclusive options, some of which bring a value of their own.
#pragma once

#include <optional>
#include <string_view>

#include <upstash/value.hpp>

namespace upstash::detail {

class TokenChoice {
 public:
  [[nodiscard]] constexpr std::string_view token() const noexcept { return token_; }
  [[nodiscard]] constexpr const std::optional<Value>& value() const noexcept { return value_; }

 protected:
  explicit constexpr TokenChoice(std::string_view token) noexcept : token_(token) {}
  constexpr TokenChoice(std::string_view token, const Value& value) noexcept : token_(token), value_(value) {}

 private:
  std::string_view token_;
  std::optional<Value> value_;
};

}  // namespace upstash::detail
