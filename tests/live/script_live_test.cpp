// Scripts on a real server.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <upstash/redis.hpp>

#include "local_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

TEST(LiveScript, IsSentOnceAndThenRunByItsSha1) {
  const LocalServer server;
  std::vector<std::string> commands;
  const Redis redis{ClientOptions{
      .url = server.url(), .token = server.token(), .observer = [&](const RequestInfo& request) {
        commands.emplace_back(request.command);
      }}};
  const Script script = redis.script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
  EXPECT_EQ(script.exec({"n"}, {40}), Reply(40));
  EXPECT_EQ(script.exec({"n"}, {2}), Reply(42));
  EXPECT_EQ(commands, (std::vector<std::string>{"EVALSHA", "EVAL", "EVALSHA"}));
  EXPECT_EQ(redis.script_exists({script.sha1()}), std::vector<bool>{true});

  redis.script_flush();
  EXPECT_EQ(script.exec({"n"}, {1}), Reply(43));
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec_ro({"n"}, {1}); }).code(), "ERR");
  EXPECT_EQ(redis.get("n"), "43");
}

TEST(LiveScript, TakesAndReturnsBytes) {
  const LocalServer server;
  const Redis redis{ClientOptions{.url = server.url(), .token = server.token()}};
  const Script script = redis.script("return {ARGV[1], #KEYS}");
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(script.exec_ro({}, {"\0\xff"s}), Reply(std::vector<Reply>{Reply("\0\xff"s), Reply(0)}));
  }
}

}  // namespace
}  // namespace upstash::test
