#include "missing_commands.hpp"

#include <strings.h>

namespace upstash::local {
namespace {

struct Hint {
  std::string_view command;  // one that ends in a dot stands for its family
  std::string_view text;
};

constexpr std::string_view json =
    "JSON commands need Redis 8 or later with its modules loaded, or Redis Stack";
constexpr std::string_view modules =
    "this command needs Redis 8 or later with its modules loaded, or Redis Stack";
constexpr std::string_view field_expiry =
    "expiry of hash fields needs Redis 7.4 or later, or Valkey 9 or later";
constexpr std::string_view redis_8_0 = "this command needs Redis 8.0 or later";
constexpr std::string_view redis_8_0_valkey_9 = "this command needs Redis 8.0 or later, or Valkey 9 or later";
constexpr std::string_view redis_8_2 = "this command needs Redis 8.2 or later";
constexpr std::string_view redis_8_4 = "this command needs Redis 8.4 or later";
constexpr std::string_view hosted = "only the hosted service has it";

constexpr Hint hints[] = {
    {"JSON.", json},
    {"SEARCH.", hosted},
    {"ACL GENTOKEN", hosted},
    {"ACL RESTTOKEN", hosted},
    {"FT.", modules},
    {"BF.", modules},
    {"CF.", modules},
    {"CMS.", modules},
    {"TOPK.", modules},
    {"TDIGEST.", modules},
    {"TS.", modules},
    {"HEXPIRE", field_expiry},
    {"HPEXPIRE", field_expiry},
    {"HEXPIREAT", field_expiry},
    {"HPEXPIREAT", field_expiry},
    {"HEXPIRETIME", field_expiry},
    {"HPEXPIRETIME", field_expiry},
    {"HTTL", field_expiry},
    {"HPTTL", field_expiry},
    {"HPERSIST", field_expiry},
    {"HGETEX", redis_8_0_valkey_9},
    {"HSETEX", redis_8_0_valkey_9},
    {"HGETDEL", redis_8_0},
    {"VADD", redis_8_0},
    {"VSIM", redis_8_0},
    {"XACKDEL", redis_8_2},
    {"XDELEX", redis_8_2},
    {"MSETEX", redis_8_4},
    {"DELEX", redis_8_4},
    {"DIGEST", redis_8_4},
};

bool matches(std::string_view command, std::string_view pattern) {
  if (pattern.ends_with('.')) command = command.substr(0, pattern.size());
  return command.size() == pattern.size() && strncasecmp(command.data(), pattern.data(), pattern.size()) == 0;
}

}  // namespace

std::string_view missing_command_hint(std::string_view command) {
  for (const Hint& hint : hints) {
    if (matches(command, hint.command)) return hint.text;
  }
  return {};
}

}  // namespace upstash::local
