// Environment variables.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace upstash::detail {

/// The variable's content; nothing when it is not set or empty.
[[nodiscard]] inline std::optional<std::string> environment(const char* name) {
  const char* const content = std::getenv(name);
  if (content == nullptr || *content == '\0') return std::nullopt;
  return content;
}

}  // namespace upstash::detail
