#pragma once

#include <hiredis.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace upstash::local {

// hiredis' reply, seen as C++ has it.

inline bool is_error(const redisReply& reply) { return reply.type == REDIS_REPLY_ERROR; }

// Of strings, statuses and errors.
inline std::string_view text_of(const redisReply& reply) {
  return {reply.str, static_cast<std::size_t>(reply.len)};
}

// None unless it is an array.
inline std::span<redisReply* const> elements_of(const redisReply& reply) {
  if (reply.type != REDIS_REPLY_ARRAY) return {};
  return {reply.element, reply.elements};
}

}  // namespace upstash::local
