#include "policy.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "lower_name.hpp"

namespace upstash::local {
namespace {

enum class Reason {
  transaction,
  connection,
  blocking,
  client,
  block_option,
  script_debugging,
  subscription,
  monitor,
  server,
};

// Requests share their connections to the backend, so what changes a connection, blocks it or takes it over
// cannot be allowed, and neither can what ends or reshapes the server.
const std::unordered_map<std::string_view, Reason>& refused_commands() {
  static const std::unordered_map<std::string_view, Reason> commands{
      {"multi", Reason::transaction},
      {"exec", Reason::transaction},
      {"discard", Reason::transaction},
      {"watch", Reason::transaction},
      {"unwatch", Reason::transaction},
      {"auth", Reason::connection},
      {"hello", Reason::connection},
      {"quit", Reason::connection},
      {"reset", Reason::connection},
      {"select", Reason::connection},
      {"asking", Reason::connection},
      {"readonly", Reason::connection},
      {"readwrite", Reason::connection},
      {"client", Reason::client},
      {"wait", Reason::blocking},
      {"waitaof", Reason::blocking},
      {"blpop", Reason::blocking},
      {"brpop", Reason::blocking},
      {"blmove", Reason::blocking},
      {"blmpop", Reason::blocking},
      {"brpoplpush", Reason::blocking},
      {"bzpopmin", Reason::blocking},
      {"bzpopmax", Reason::blocking},
      {"bzmpop", Reason::blocking},
      {"xread", Reason::block_option},
      {"xreadgroup", Reason::block_option},
      {"script", Reason::script_debugging},
      {"subscribe", Reason::subscription},
      {"psubscribe", Reason::subscription},
      {"ssubscribe", Reason::subscription},
      {"unsubscribe", Reason::subscription},
      {"punsubscribe", Reason::subscription},
      {"sunsubscribe", Reason::subscription},
      {"monitor", Reason::monitor},
      {"pmonitor", Reason::monitor},  // there is none, but hiredis takes it for MONITOR
      {"sync", Reason::server},
      {"psync", Reason::server},
      {"replconf", Reason::server},
      {"replicaof", Reason::server},
      {"slaveof", Reason::server},
      {"failover", Reason::server},
      {"shutdown", Reason::server},
      {"debug", Reason::server},
      {"migrate", Reason::server},
      {"module", Reason::server},
      {"cluster", Reason::server},
  };
  return commands;
}

// Commands that touch no key by themselves and that a read-only token may run all the same.
constexpr std::array harmless_commands = std::to_array<std::string_view>({
    "ping",
    "echo",
    "time",
    "info",
    "command",
    "client|setinfo",
    "lastsave",
    "pubsub",
    "subscribe",
    "psubscribe",
    "script|exists",
    "function|list",
    "function|stats",
    "function|dump",
});

bool is_harmless(Arguments command) {
  const LowerName name({command[0]});
  const LowerName with_subcommand({command[0], command.size() > 1 ? command[1] : std::string_view()});
  return std::any_of(harmless_commands.begin(), harmless_commands.end(), [&](std::string_view harmless) {
    return harmless == name.view() || harmless == with_subcommand.view();
  });
}

bool argument_is(Arguments command, std::size_t index, std::string_view lower) {
  return index < command.size() && LowerName({command[index]}).view() == lower;
}

// Looks at options only: a stream may well be named BLOCK.
bool has_block_option(Arguments command) {
  std::size_t i = 1;
  while (i < command.size() && !argument_is(command, i, "streams")) {
    if (argument_is(command, i, "block")) return true;
    if (argument_is(command, i, "group")) {
      i += 3;
    } else if (argument_is(command, i, "count")) {
      i += 2;
    } else {
      ++i;
    }
  }
  return false;
}

std::string upper(std::string_view name) {
  std::string text(name);
  for (char& character : text) {
    if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 'a' + 'A');
  }
  return text;
}

std::optional<std::string> refusal_for(Reason reason, Arguments command) {
  const std::string name = upper(command[0]);
  switch (reason) {
    case Reason::transaction:
      return "ERR " + name +
             " is not available over REST: POST all of a transaction's commands to /multi-exec";
    case Reason::connection:
      return "ERR " + name + " is not available over REST: requests share their connections to the database";
    case Reason::blocking:
      return "ERR " + name + " is not available over REST: commands that block are not supported";
    case Reason::client:
      if (argument_is(command, 1, "setinfo")) return std::nullopt;
      return "ERR CLIENT is not available over REST, except CLIENT SETINFO";
    case Reason::block_option:
      if (!has_block_option(command)) return std::nullopt;
      return "ERR " + name + " with BLOCK is not available over REST: commands that block are not supported";
    case Reason::script_debugging:
      if (!argument_is(command, 1, "debug")) return std::nullopt;
      return "ERR SCRIPT DEBUG is not available over REST";
    case Reason::subscription:
      return "ERR " + name +
             " is not available as a command: POST to /subscribe/CHANNEL or /psubscribe/PATTERN";
    case Reason::monitor:
      return "ERR MONITOR is not available as a command: POST to /monitor";
    case Reason::server:
      break;
  }
  return "ERR " + name + " is not available over REST";
}

}  // namespace

std::optional<std::string> Policy::refusal(Arguments command, Access access) const {
  // hiredis looks for SUBSCRIBE and MONITOR up to the first line break only, and would be in the wrong mode then.
  if (command[0].find('\r') != std::string_view::npos)
    return "ERR unknown command: its name holds a line break";
  const LowerName name({command[0]});
  const auto refused = refused_commands().find(name.view());
  if (refused != refused_commands().end()) {
    if (std::optional<std::string> text = refusal_for(refused->second, command)) return text;
  }
  return access_refusal(command, access);
}

std::optional<std::string> Policy::access_refusal(Arguments command, Access access) const {
  if (access == Access::full) return std::nullopt;
  const LowerName name({command[0]});
  const bool lists_keys = name.view() == "scan" || name.view() == "keys";
  if (only_reads(command) && !lists_keys) return std::nullopt;
  return "NOPERM this user has no permissions to run the '" + std::string(command[0].substr(0, 64)) +
         "' command: the token is read-only";
}

bool Policy::may_write(Arguments command) const { return !only_reads(command); }

// What the backend does not know counts as writing: its flags are the only thing that says otherwise.
bool Policy::only_reads(Arguments command) const {
  switch (commands_.effect_of(command)) {
    case Effect::reads:
      return true;
    case Effect::writes:
    case Effect::unknown:
      return false;
    case Effect::neither:
      break;
  }
  return is_harmless(command);
}

}  // namespace upstash::local
