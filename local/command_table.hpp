#pragma once

#include <hiredis.h>

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "command_list.hpp"

namespace upstash::local {

enum class Effect {
  unknown,  // the backend does not have the command
  reads,
  writes,
  neither,  // it touches no key by itself: PING, but EVAL and PUBLISH too
};

// What the backend says its commands do.
class CommandTable {
 public:
  CommandTable() = default;
  explicit CommandTable(const redisReply& command_reply);

  // `name` in lower case; a subcommand as "xgroup|create".
  void add(std::string_view name, Effect effect);

  [[nodiscard]] Effect effect_of(Arguments command) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void add_from(const redisReply& entry);

  std::unordered_map<std::string, Effect, Hash, std::equal_to<>> effects_;
};

}  // namespace upstash::local
