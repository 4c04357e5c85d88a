// Parses the API's JSON replies in place.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <string>

#include "reply_document.hpp"
#include "reply_node.hpp"

namespace upstash::detail {

/// Parses `body`, which is overwritten: strings are unescaped and decoded where they stand, nodes look into it.
[[nodiscard]] ReplyNode parse_json_reply(
    std::string& body, StringEncoding strings, std::pmr::memory_resource& nodes, std::size_t max_depth);

}  // namespace upstash::detail
