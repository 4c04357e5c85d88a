// A few typed commands, built by hand so that the runtime's tests do not depend on the catalogue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <upstash/command.hpp>
#include <upstash/value.hpp>

#include "command_builder.hpp"

namespace upstash::test {

/// A write that must not happen twice.
inline Command<std::int64_t> incr(std::string_view key) {
  return detail::build<detail::shape::Integer>({.name = "INCR"}, key);
}

/// A write that may happen twice.
inline Command<bool> set(std::string_view key, const Value& value) {
  return detail::build<detail::shape::OkOrNil>({.name = "SET", .idempotent = true}, key, value);
}

inline Command<std::optional<std::string>> get(std::string_view key) {
  return detail::build<detail::shape::Optional<detail::shape::String>>(
      {.name = "GET", .read_only = true, .idempotent = true}, key);
}

inline Command<std::vector<std::string>> object_help() {
  return detail::build<detail::shape::List<detail::shape::String>>(
      {.name = "OBJECT HELP", .read_only = true, .idempotent = true});
}

}  // namespace upstash::test
