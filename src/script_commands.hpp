// ScriptCommands: the two commands that run a script, by its SHA-1 and by its text.
#pragma once

#include <string_view>

#include <upstash/argument_list.hpp>
#include <upstash/command.hpp>
#include <upstash/error.hpp>
#include <upstash/reply.hpp>

#include "command_builder.hpp"

namespace upstash::detail {

struct ScriptCommands {
  CommandTraits by_sha1;
  CommandTraits by_text;
};
inline constexpr ScriptCommands any_script{.by_sha1 = {.name = "EVALSHA"}, .by_text = {.name = "EVAL"}};
inline constexpr ScriptCommands reading_script{.by_sha1 = reads("EVALSHA_RO"), .by_text = reads("EVAL_RO")};

[[nodiscard]] Command<Reply> script_by_sha1(
    const ScriptCommands& commands,
    std::string_view sha1,
    const StringList& keys,
    const ValueList& arguments);
/// What is to be sent when the server does not know the script of that command.
[[nodiscard]] Command<Reply> script_by_text(
    const ScriptCommands& commands, const AnyCommand& by_sha1, std::string_view source);

[[nodiscard]] inline bool is_unknown_script(const ServerError& error) noexcept {
  return error.code() == "NOSCRIPT";
}

}  // namespace upstash::detail
