#include "command_table.hpp"

#include <span>

#include "lower_name.hpp"
#include "reply_view.hpp"

namespace upstash::local {
namespace {

Effect effect_from(std::span<redisReply* const> flags) {
  Effect effect = Effect::neither;
  for (const redisReply* flag : flags) {
    if (text_of(*flag) == "write") return Effect::writes;
    if (text_of(*flag) == "readonly") effect = Effect::reads;
  }
  return effect;
}

}  // namespace

CommandTable::CommandTable(const redisReply& command_reply) {
  for (const redisReply* entry : elements_of(command_reply)) add_from(*entry);
}

void CommandTable::add(std::string_view name, Effect effect) {
  effects_.insert_or_assign(std::string(name), effect);
}

void CommandTable::add_from(const redisReply& entry) {
  constexpr std::size_t name = 0;
  constexpr std::size_t flags = 2;
  constexpr std::size_t subcommands = 9;  // from Redis 7 on
  const std::span<redisReply* const> fields = elements_of(entry);
  if (fields.size() <= flags || fields[name]->type != REDIS_REPLY_STRING) return;
  add(LowerName({text_of(*fields[name])}).view(), effect_from(elements_of(*fields[flags])));
  if (fields.size() <= subcommands) return;
  for (const redisReply* subcommand : elements_of(*fields[subcommands])) add_from(*subcommand);
}

Effect CommandTable::effect_of(Arguments command) const {
  if (command.size() > 1) {
    const LowerName with_subcommand({command[0], command[1]});
    if (const auto found = effects_.find(with_subcommand.view()); found != effects_.end())
      return found->second;
  }
  const LowerName name({command[0]});
  const auto found = effects_.find(name.view());
  return found == effects_.end() ? Effect::unknown : found->second;
}

}  // namespace upstash::local
