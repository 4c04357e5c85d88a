// The REST form for a command with one binary argument: `POST /set/key?EX=100` with the bytes as the body.
#pragma once

#include <string>
#include <string_view>

#include <upstash/command.hpp>

namespace upstash::detail {

/// The URL for such a command. Throws UsageError when one of its other arguments cannot stand in a URL.
[[nodiscard]] std::string raw_body_url(std::string_view base_url, const AnyCommand& command);

}  // namespace upstash::detail
