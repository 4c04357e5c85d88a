// Parses replies in RESP2, Redis' own protocol.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <string_view>

#include "reply_node.hpp"

namespace upstash::detail {

/// Parses the whole of `body`, into which the nodes look. Throws MalformedReply.
[[nodiscard]] ReplyNode parse_resp2_reply(
    std::string_view body, std::pmr::memory_resource& nodes, std::size_t max_depth);

}  // namespace upstash::detail
