// Options for a client of a ScriptedServer.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <upstash/client_options.hpp>

#include "scripted_server.hpp"

namespace upstash::test {

inline constexpr std::string_view test_token = "AbSeCrEtTokenZ9";

/// Retries come after a millisecond: no test waits for them longer than it must.
inline ClientOptions options_for(const std::string& url) {
  return {.url = url, .token = std::string(test_token), .rest_retry_interval = std::chrono::milliseconds(1)};
}

inline ClientOptions options_for(const ScriptedServer& server) { return options_for(server.url()); }

}  // namespace upstash::test
