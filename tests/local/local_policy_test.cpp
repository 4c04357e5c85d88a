#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "missing_commands.hpp"
#include "policy.hpp"

namespace upstash::local {
namespace {

Policy policy_of_some_backend() {
  CommandTable commands;
  commands.add("get", Effect::reads);
  commands.add("scan", Effect::reads);
  commands.add("keys", Effect::reads);
  commands.add("eval_ro", Effect::reads);
  commands.add("set", Effect::writes);
  commands.add("ping", Effect::neither);
  commands.add("eval", Effect::neither);
  commands.add("publish", Effect::neither);
  commands.add("subscribe", Effect::neither);
  commands.add("psubscribe", Effect::neither);
  commands.add("monitor", Effect::neither);
  commands.add("xgroup", Effect::neither);
  commands.add("xgroup|create", Effect::writes);
  commands.add("xinfo|stream", Effect::reads);
  commands.add("script", Effect::neither);
  commands.add("script|exists", Effect::neither);
  commands.add("script|load", Effect::neither);
  Policy policy;
  policy.set_commands(std::move(commands));
  return policy;
}

using Command = std::initializer_list<std::string_view>;

std::string refusal(Command command, Access access = Access::full) {
  return policy_of_some_backend().refusal({command.begin(), command.size()}, access).value_or("");
}

bool may_write(Command command) {
  return policy_of_some_backend().may_write({command.begin(), command.size()});
}

TEST(LocalPolicy, RefusesWhatRestDoesNotAllow) {
  for (const std::string_view name :
       {"AUTH",       "HELLO",      "QUIT",        "RESET",        "SELECT",       "MULTI",   "EXEC",
        "DISCARD",    "WATCH",      "UNWATCH",     "WAIT",         "WAITAOF",      "BLPOP",   "BRPOP",
        "BLMOVE",     "BLMPOP",     "BRPOPLPUSH",  "BZPOPMIN",     "BZPOPMAX",     "BZMPOP",  "SUBSCRIBE",
        "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE", "MONITOR", "SYNC",
        "PSYNC",      "REPLCONF",   "REPLICAOF",   "SLAVEOF",      "SHUTDOWN",     "DEBUG",   "CLIENT",
        "multi",      "bLpOp"}) {
    EXPECT_TRUE(refusal({name, "x"}).starts_with("ERR ")) << name;
  }
  EXPECT_NE(refusal({"exec"}).find("/multi-exec"), std::string::npos);
  EXPECT_EQ(refusal({"SET", "k", "v"}), "");
  EXPECT_EQ(refusal({"CLIENT", "setinfo", "LIB-NAME", "x"}), "");
  EXPECT_NE(refusal({"CLIENT", "LIST"}), "");
  EXPECT_NE(refusal({"SCRIPT", "DEBUG", "YES"}), "");
  EXPECT_EQ(refusal({"SCRIPT", "LOAD", "return 1"}), "");
}

// A name that hiredis would take for one of its special commands derails every request after it.
TEST(LocalPolicy, RefusesWhatWouldConfuseHiredis) {
  EXPECT_NE(refusal({"PMonitor"}), "");
  EXPECT_NE(refusal({"monitor\r\nx"}), "");
  EXPECT_NE(refusal({"psubscribe\r\n", "c"}), "");
}

TEST(LocalPolicy, LooksForBlockAmongTheOptionsOnly) {
  EXPECT_NE(refusal({"XREAD", "BLOCK", "0", "STREAMS", "s", "0"}), "");
  EXPECT_NE(refusal({"XREAD", "COUNT", "1", "block", "0", "STREAMS", "s", "0"}), "");
  EXPECT_NE(refusal({"XREADGROUP", "GROUP", "g", "c", "NOACK", "BLOCK", "0", "STREAMS", "s", ">"}), "");
  EXPECT_EQ(refusal({"XREAD", "STREAMS", "BLOCK", "0"}), "");
  EXPECT_EQ(refusal({"XREADGROUP", "GROUP", "BLOCK", "STREAMS", "STREAMS", "BLOCK", ">"}), "");
  EXPECT_NE(refusal({"XREADGROUP", "GROUP", "g", "streams", "BLOCK", "0", "STREAMS", "s", ">"}), "");
}

TEST(LocalPolicy, LetsAReadOnlyTokenReadOnly) {
  const auto allowed = [](Command command) { return refusal(command, Access::read_only).empty(); };
  EXPECT_TRUE(allowed({"get", "k"}));
  EXPECT_TRUE(allowed({"EVAL_RO", "return 1", "0"}));
  EXPECT_TRUE(allowed({"PING"}));
  EXPECT_TRUE(allowed({"XINFO", "STREAM", "s"}));
  EXPECT_TRUE(allowed({"SCRIPT", "EXISTS", "x"}));
  for (const Command command :
       {Command{"SET", "k", "v"},
        {"EVAL", "return 1", "0"},
        {"SCAN", "0"},
        {"keys", "*"},
        {"PUBLISH", "c", "m"},
        {"XGROUP", "CREATE", "s", "g", "0"},
        {"SCRIPT", "LOAD", "x"},
        {"UNHEARD.OF"}}) {
    EXPECT_TRUE(refusal(command, Access::read_only).starts_with("NOPERM ")) << *command.begin();
  }
  EXPECT_TRUE(refusal({"MULTI"}, Access::read_only).starts_with("ERR "));
}

TEST(LocalPolicy, LetsAReadOnlyTokenListen) {
  const auto refusal_of_stream = [](Command command, Access access) {
    return policy_of_some_backend().access_refusal({command.begin(), command.size()}, access).value_or("");
  };
  EXPECT_EQ(refusal_of_stream({"SUBSCRIBE", "c"}, Access::read_only), "");
  EXPECT_EQ(refusal_of_stream({"psubscribe", "c*"}, Access::read_only), "");
  EXPECT_TRUE(refusal_of_stream({"MONITOR"}, Access::read_only).starts_with("NOPERM "));
  EXPECT_EQ(refusal_of_stream({"MONITOR"}, Access::full), "");
}

TEST(LocalPolicy, KnowsWhatMayWrite) {
  EXPECT_TRUE(may_write({"SET", "k", "v"}));
  EXPECT_TRUE(may_write({"EVAL", "x", "0"}));
  EXPECT_TRUE(may_write({"UNHEARD.OF"}));
  EXPECT_FALSE(may_write({"GET", "k"}));
  EXPECT_FALSE(may_write({"PING"}));
}

TEST(LocalMissingCommands, SaysWhoHasThem) {
  EXPECT_NE(missing_command_hint("json.GET").find("Redis 8"), std::string_view::npos);
  EXPECT_NE(missing_command_hint("HEXPIRE").find("7.4"), std::string_view::npos);
  EXPECT_NE(missing_command_hint("search.query").find("hosted"), std::string_view::npos);
  EXPECT_NE(missing_command_hint("acl gentoken").find("hosted"), std::string_view::npos);
  EXPECT_EQ(missing_command_hint("ACL"), "");
  EXPECT_EQ(missing_command_hint("JSON"), "");
  EXPECT_EQ(missing_command_hint("HEXPIREX"), "");
  EXPECT_EQ(missing_command_hint(""), "");
}

}  // namespace
}  // namespace upstash::local
