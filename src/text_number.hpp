// Numbers from Redis' text forms, whole text or nothing.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace upstash::detail {

template <class Number>
[[nodiscard]] std::optional<Number> text_to_number(std::string_view text) noexcept {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

[[nodiscard]] inline std::optional<std::int64_t> text_to_integer(std::string_view text) noexcept {
  return text_to_number<std::int64_t>(text);
}

/// Also "inf", "-inf" and "nan".
[[nodiscard]] inline std::optional<double> text_to_double(std::string_view text) noexcept {
  return text_to_number<double>(text);
}

}  // namespace upstash::detail
