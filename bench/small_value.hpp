// The value that most rows read.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include <upstash/client_options.hpp>

#include "canned_server.hpp"

namespace upstash::bench {

/// "hello" as the server sends it.
constexpr std::string_view small_result = R"("aGVsbG8=")";

inline void check_small(const std::optional<std::string>& value) {
  if (value != "hello") throw std::runtime_error("a wrong reply");
}

inline ClientOptions options_for(const CannedServer& server) {
  return {.url = server.url(), .token = "token"};
}

}  // namespace upstash::bench
