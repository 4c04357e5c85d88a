// AsyncRedisCommands: every command as a method that starts it and returns the future of its result.
#pragma once

#include <utility>

#include <upstash/detail/async_session.hpp>

namespace upstash {

class AsyncRedisCommands {
 protected:
  explicit AsyncRedisCommands(detail::AsyncSession session) : session_(std::move(session)) {}

  detail::AsyncSession session_;
};

}  // namespace upstash
