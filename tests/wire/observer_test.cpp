// The observer hears of every request once, with its figures.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

class ObserverTest : public testing::Test {
 protected:
  struct Observed {
    std::string command;
    RequestInfo info;
  };

  ClientOptions observed_options() {
    ClientOptions options = options_for(server);
    options.observer = [this](const RequestInfo& info) {
      observed.push_back({std::string(info.command), info});
      observed.back().info.command = {};
    };
    return options;
  }

  ScriptedServer server;
  std::vector<Observed> observed;
  Redis redis{observed_options()};
};

TEST_F(ObserverTest, HearsOfASuccess) {
  server.enqueue(answer(200, R"({"result":1})"));
  redis.execute(incr("n"));
  ASSERT_EQ(observed.size(), 1U);
  EXPECT_EQ(observed[0].command, "INCR");
  const RequestInfo& info = observed[0].info;
  EXPECT_EQ(info.commands, 1U);
  EXPECT_EQ(info.attempts, 1);
  EXPECT_EQ(info.http_status, 200);
  EXPECT_EQ(info.request_bytes, std::string(R"(["INCR","n"])").size());
  EXPECT_EQ(info.reply_bytes, std::string(R"({"result":1})").size());
  EXPECT_GT(info.duration, 0ns);
  EXPECT_LT(info.duration, 1min);
}

TEST_F(ObserverTest, HearsOfPipelinesAndCustomCommands) {
  server.enqueue(answer(200, R"([{"result":1},{"result":1}])"));
  static_cast<void>(redis.batch(incr("a"), incr("b")));
  server.enqueue(answer(200, R"([{"result":1}])"));
  static_cast<void>(redis.transaction(incr("a")));
  server.enqueue(answer_json("1"));
  redis.execute({"xlen", "s"});
  ASSERT_EQ(observed.size(), 3U);
  EXPECT_EQ(observed[0].command, "pipeline");
  EXPECT_EQ(observed[0].info.commands, 2U);
  EXPECT_EQ(observed[1].command, "transaction");
  EXPECT_EQ(observed[1].info.commands, 1U);
  EXPECT_EQ(observed[2].command, "XLEN");
}

TEST_F(ObserverTest, HearsOnceOfARequestThatWasRetried) {
  server.enqueue(close_without_reply());
  server.enqueue(answer_json("null"));
  redis.execute(get("n"));
  ASSERT_EQ(observed.size(), 1U);
  EXPECT_EQ(observed[0].info.attempts, 2);
  EXPECT_EQ(observed[0].info.http_status, 200);
}

TEST_F(ObserverTest, HearsOfFailures) {
  server.enqueue(answer(400, R"({"error":"ERR no"})"));
  EXPECT_THROW(redis.execute(incr("n")), ServerError);
  server.enqueue(close_without_reply());
  EXPECT_THROW(redis.execute(incr("n")), TransportError);
  server.enqueue(answer(502, "<html>"));
  server.set_default(close_without_reply());
  EXPECT_THROW(redis.execute(get("n")), TransportError);
  ASSERT_EQ(observed.size(), 3U);
  EXPECT_EQ(observed[0].info.http_status, 400);
  EXPECT_EQ(observed[1].info.http_status, 0);
  EXPECT_EQ(observed[1].info.reply_bytes, 0U);
  // The last attempt is the one that ended it.
  EXPECT_EQ(observed[2].info.attempts, 2);
  EXPECT_EQ(observed[2].info.http_status, 0);
  EXPECT_EQ(observed[2].info.reply_bytes, 0U);
}

TEST_F(ObserverTest, HearsNothingOfWhatWasNotSent) {
  EXPECT_THROW(redis.with({.timeout = 0ms}).execute(incr("n")), UsageError);
  EXPECT_TRUE(redis.pipeline().exec().empty());
  EXPECT_TRUE(observed.empty());
}

}  // namespace
}  // namespace upstash::test
