// The anonymous telemetry headers.
#pragma once

#include <string>
#include <vector>

namespace upstash::detail {

/// Header lines that name the library's version, the compiler and the platform; none when the environment
/// variable UPSTASH_DISABLE_TELEMETRY says so.
[[nodiscard]] std::vector<std::string> telemetry_headers();

}  // namespace upstash::detail
