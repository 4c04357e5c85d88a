// Arrays of reply nodes in a reply's memory.
#pragma once

#include <memory>
#include <memory_resource>
#include <span>

#include "reply_node.hpp"

namespace upstash::detail {

/// Uninitialised room for `count` nodes; it lives as long as `memory`.
[[nodiscard]] inline ReplyNode* allocate_nodes(std::size_t count, std::pmr::memory_resource& memory) {
  return static_cast<ReplyNode*>(memory.allocate(count * sizeof(ReplyNode), alignof(ReplyNode)));
}

[[nodiscard]] inline ReplyNode copy_to_array(
    std::span<const ReplyNode> elements, std::pmr::memory_resource& memory) {
  ReplyNode* const first = allocate_nodes(elements.size(), memory);
  std::uninitialized_copy(elements.begin(), elements.end(), first);
  return ReplyNode::of_array(first, elements.size());
}

}  // namespace upstash::detail
