// AsyncScript: by its SHA-1 first, by its text where the server does not have it.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <upstash/async_redis.hpp>

#include "answer_each.hpp"
#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::string_view text = "return ARGV[1]";
const std::string sha1 = "098e0f0d1448c0a81dafe820f66d460eb09263da";
const std::string no_script = R"({"error":"NOSCRIPT No matching script. Please use EVAL."})";

struct AsyncScripts : testing::Test {
  ScriptedServer server;
  AsyncRedis redis = [this] {
    ClientOptions options = options_for(server);
    options.rest_encoding = Encoding::none;
    return AsyncRedis(options);
  }();
  AsyncScript script = redis.script(text);

  [[nodiscard]] std::vector<std::string> bodies() const {
    std::vector<std::string> bodies;
    for (const RecordedRequest& request : server.requests()) bodies.push_back(request.body);
    return bodies;
  }
};

using Bodies = std::vector<std::string>;

TEST_F(AsyncScripts, AreRunByTheirSha1) {
  EXPECT_EQ(script.source(), text);
  EXPECT_EQ(script.sha1(), sha1);
  server.enqueue(answer_json("\"x\""));
  server.enqueue(answer_json("7"));
  EXPECT_EQ(script.exec({"k1", "k2"}, {"x", 2}).get(), Reply("x"));
  EXPECT_EQ(script.exec_ro({"k1"}, {true}).get(), Reply(7));
  EXPECT_EQ(
      bodies(),
      (Bodies{
          R"(["EVALSHA",")" + sha1 + R"(","2","k1","k2","x","2"])",
          R"(["EVALSHA_RO",")" + sha1 + R"(","1","k1","true"])"}));
}

TEST_F(AsyncScripts, AreSentAsTextWhereTheyAreUnknown) {
  for (const std::string& result : {"\"x\""s, "null"s}) {
    server.enqueue(answer(400, no_script));
    server.enqueue(answer_json(result));
  }
  EXPECT_EQ(script.exec({"k"}, {"x"}).get(), Reply("x"));
  EXPECT_EQ(script.exec_ro().get(), Reply(nullptr));
  EXPECT_EQ(
      bodies(),
      (Bodies{
          R"(["EVALSHA",")" + sha1 + R"(","1","k","x"])",
          R"(["EVAL","return ARGV[1]","1","k","x"])",
          R"(["EVALSHA_RO",")" + sha1 + R"(","0"])",
          R"(["EVAL_RO","return ARGV[1]","0"])"}));
}

TEST_F(AsyncScripts, UnknownAmongOthersGoAgainTogetherAndInOrder) {
  server.enqueue(stall(answer_json("\"0\"")));
  server.enqueue(answer(
      200, R"([{"result":"1"},)" + no_script + R"(,{"result":"3"},)" + no_script + R"(,{"result":"5"}])"));
  server.enqueue(answer(200, R"([{"result":"2"},{"result":"4"}])"));
  auto first = redis.execute(get("0"));
  server.wait_for_requests(1);
  auto one = redis.execute(get("1"));
  auto two = script.exec({}, {"2"});
  auto three = redis.execute(get("3"));
  auto four = script.exec({}, {"4"});
  auto five = redis.execute(get("5"));
  server.release();
  EXPECT_EQ(one.get(), "1");
  EXPECT_EQ(two.get(), Reply("2"));
  EXPECT_EQ(three.get(), "3");
  EXPECT_EQ(four.get(), Reply("4"));
  EXPECT_EQ(five.get(), "5");
  EXPECT_EQ(bodies().at(2), R"([["EVAL","return ARGV[1]","0","2"],["EVAL","return ARGV[1]","0","4"]])");
  EXPECT_EQ(bodies().size(), 3U);
}

TEST_F(AsyncScripts, PassOtherErrorsOn) {
  server.enqueue(answer(400, R"({"error":"WRONGTYPE no"})"));
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec().get(); }).command(), "EVALSHA");
  server.enqueue(answer(400, no_script));
  server.enqueue(answer(400, R"({"error":"ERR user_script:1: no"})"));
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec().get(); }).command(), "EVAL");
  server.enqueue(answer(400, no_script));
  server.enqueue(answer(400, no_script));
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec_ro().get(); }).command(), "EVAL_RO");
  EXPECT_EQ(bodies().size(), 5U);
}

TEST_F(AsyncScripts, AreNotRunAgainWhenTheyMayHaveRun) {
  server.enqueue(answer(400, no_script));
  server.enqueue(close_without_reply());
  EXPECT_EQ(thrown_by<TransportError>([&] { script.exec().get(); }).outcome(), Outcome::unknown);
  server.enqueue(answer(400, no_script));
  server.enqueue(close_without_reply());
  server.enqueue(answer_json("1"));
  EXPECT_EQ(script.exec_ro().get(), Reply(1));  // the text is sent again when it only reads
  EXPECT_EQ(bodies().size(), 5U);
}

TEST_F(AsyncScripts, HaveOneDeadlineForBothCommands) {
  const auto start = std::chrono::steady_clock::now();
  server.enqueue(stall(answer(400, no_script)));
  server.set_default(stall());
  auto future = redis.with({.timeout = 600ms}).script(text).exec();
  server.wait_for_requests(1);
  std::this_thread::sleep_until(start + 500ms);  // of the call's time
  server.release();
  EXPECT_THROW(future.get(), TimeoutError);
  EXPECT_LT(std::chrono::steady_clock::now(), start + 1050ms);
}

TEST_F(AsyncScripts, MayBeStoppedWhileTheirTextIsOnItsWay) {
  std::stop_source stop;
  server.enqueue(answer(400, no_script));
  server.set_default(stall());
  auto future = redis.with({.stop_token = stop.get_token()}).script(text).exec();
  server.wait_for_requests(2);
  stop.request_stop();
  const auto error = thrown_by<CancelledError>([&] { future.get(); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_TRUE(holds(error.what(), "EVAL ")) << error.what();
}

TEST_F(AsyncScripts, AreCompleteBeforeADrainedClientCloses) {
  server.enqueue(stall(answer(400, no_script)));
  server.set_default(answer_each("1"));
  auto future = script.exec();
  server.wait_for_requests(1);
  const std::jthread closer([this] { redis.close(); });
  const auto brief = redis.with({.timeout = 1ms});
  EXPECT_THROW(while (true) static_cast<void>(brief.execute(get("k"))), UsageError);  // now it is closing
  server.release();
  EXPECT_EQ(future.get(), Reply(1));
}

TEST_F(AsyncScripts, EndWithTheirClient) {
  server.enqueue(answer(400, no_script));
  server.set_default(stall());
  auto own = std::make_unique<AsyncRedis>(options_for(server));
  auto future = own->script(text).exec();
  server.wait_for_requests(2);
  own.reset();
  EXPECT_THROW(future.get(), CancelledError);
}

TEST_F(AsyncScripts, MayHaveOneArgumentOfBytes) {
  server.enqueue(answer(400, no_script));
  server.enqueue(answer_json("1"));
  EXPECT_EQ(script.exec({"k"}, {"\xff"s}).get(), Reply(1));
  EXPECT_EQ(server.requests().at(0).target, "/EVALSHA/" + sha1 + "/1/k");
  EXPECT_EQ(server.requests().at(1).target, "/EVAL/return%20ARGV%5B1%5D/1/k");
  EXPECT_EQ(bodies(), (Bodies{"\xff", "\xff"}));

  EXPECT_THROW(static_cast<void>(script.exec({}, {"\xff"s, "\xfe"s})), UsageError);
  server.enqueue(answer(400, no_script));
  auto future = redis.script("return '\xff'").exec({}, {"\xff"s});
  EXPECT_THROW(future.get(), UsageError);  // with its text there are two
  EXPECT_EQ(bodies().size(), 3U);
}

}  // namespace
}  // namespace upstash::test
