// Scripts: by their SHA-1 first, by their text where the server does not have them.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "fake_transport.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::string_view text = "return ARGV[1]";
constexpr std::string_view sha1 = "098e0f0d1448c0a81dafe820f66d460eb09263da";

HttpResponse replied(std::string_view result, std::string_view token = "") {
  return {
      .status = 200, .body = R"({"result":)" + std::string(result) + "}", .sync_token = std::string(token)};
}

HttpResponse failed(std::string_view error, std::string_view token = "") {
  return {
      .status = 400, .body = R"({"error":")" + std::string(error) + "\"}", .sync_token = std::string(token)};
}

const HttpResponse no_script = failed("NOSCRIPT No matching script. Please use EVAL.", "t1");

/// A client that is given these answers, one after the other.
struct Fake {
  explicit Fake(std::vector<HttpResponse> answers)
      : Fake([answers = std::move(answers)](const HttpRequest&, std::size_t number) {
          return answers.at(number - 1);
        }) {}
  explicit Fake(FakeTransport::Behaviour behaviour)
      : transport(std::make_shared<FakeTransport>(std::move(behaviour))), redis([&] {
          ClientOptions options = options_for("https://a.upstash.io");
          options.rest_encoding = Encoding::none;
          options.transport = transport;
          return options;
        }()) {}

  [[nodiscard]] std::vector<std::string> bodies() const {
    std::vector<std::string> bodies;
    for (const FakeTransport::Sent& sent : transport->sent()) bodies.push_back(sent.body);
    return bodies;
  }

  std::shared_ptr<FakeTransport> transport;
  Redis redis;
};

using Bodies = std::vector<std::string>;

TEST(Script, KnowsItsTextAndItsSha1) {
  const Fake fake(std::vector<HttpResponse>{});
  const Script script = fake.redis.script(text);
  EXPECT_EQ(script.source(), text);
  EXPECT_EQ(script.sha1(), sha1);
  EXPECT_EQ(fake.bodies(), Bodies{});
}

TEST(Script, IsRunByItsSha1) {
  const Fake fake({replied("\"x\""), replied("7")});
  const Script script = fake.redis.script(text);
  EXPECT_EQ(script.exec({"k1", "k2"}, {"x", 2}), Reply("x"));
  EXPECT_EQ(script.exec_ro({"k1"}, {true}), Reply(7));
  EXPECT_EQ(
      fake.bodies(),
      (Bodies{
          R"(["EVALSHA",")" + std::string(sha1) + R"(","2","k1","k2","x","2"])",
          R"(["EVALSHA_RO",")" + std::string(sha1) + R"(","1","k1","true"])"}));
}

TEST(Script, IsSentAsTextWhereItIsUnknown) {
  const Fake fake({no_script, replied("\"x\""), no_script, replied("null"), replied("\"y\"")});
  const Script script = fake.redis.script(text);
  EXPECT_EQ(script.exec({"k"}, {"x"}), Reply("x"));
  EXPECT_EQ(script.exec_ro(), Reply(nullptr));
  EXPECT_EQ(script.exec(), Reply("y"));
  const std::string by_sha1 = R"(",")" + std::string(sha1) + R"(",)";
  EXPECT_EQ(
      fake.bodies(),
      (Bodies{
          R"(["EVALSHA)" + by_sha1 + R"("1","k","x"])",
          R"(["EVAL","return ARGV[1]","1","k","x"])",
          R"(["EVALSHA_RO)" + by_sha1 + R"("0"])",
          R"(["EVAL_RO","return ARGV[1]","0"])",
          R"(["EVALSHA)" + by_sha1 + R"("0"])"}));
}

TEST(Script, TakesTheSyncTokenOfEveryAnswer) {
  const Fake fake({no_script, replied("1", "t2"), replied("1", "t3")});
  const Script script = fake.redis.script(text);
  script.exec();
  EXPECT_EQ(fake.redis.sync_token(), "t2");
  script.exec();
  const auto sent = fake.transport->sent();
  EXPECT_EQ(sent.at(0).sync_token, "");
  EXPECT_EQ(sent.at(1).sync_token, "t1");  // of the answer NOSCRIPT
  EXPECT_EQ(sent.at(2).sync_token, "t2");
}

TEST(Script, OtherErrorsPassThrough) {
  const Fake fake({failed("WRONGTYPE no"), no_script, failed("ERR user_script:1: no"), no_script, no_script});
  const Script script = fake.redis.script(text);
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec(); }).command(), "EVALSHA");
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec(); }).command(), "EVAL");
  EXPECT_EQ(thrown_by<ServerError>([&] { script.exec_ro(); }).command(), "EVAL_RO");
  EXPECT_EQ(fake.bodies().size(), 5U);
}

TEST(Script, ThatMayHaveRunIsNotRunAgain) {
  const Fake fake([](const HttpRequest&, std::size_t) -> HttpResponse {
    throw TransportError("lost", Outcome::unknown);
  });
  const Script script = fake.redis.script(text);
  EXPECT_EQ(thrown_by<TransportError>([&] { script.exec(); }).outcome(), Outcome::unknown);
  EXPECT_EQ(fake.bodies().size(), 1U);
  EXPECT_FALSE(fake.transport->sent().back().may_resend);
  EXPECT_THROW(script.exec_ro(), TransportError);
  EXPECT_EQ(fake.bodies().size(), 3U);  // a reading one is sent again
  EXPECT_TRUE(fake.transport->sent().back().may_resend);
}

TEST(Script, HasOneDeadlineForBothCommands) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point second_arrived;
  const Fake fake([&](const HttpRequest&, std::size_t number) {
    if (number > 1) {
      second_arrived = Clock::now();
      return replied("1");
    }
    std::this_thread::sleep_for(20ms);  // time of the call that the second command does not have
    return no_script;
  });
  const auto start = Clock::now();
  fake.redis.with({.timeout = 10s}).script(text).exec();
  const auto sent = fake.transport->sent();
  EXPECT_GE(sent.at(0).deadline, start + 10s);
  EXPECT_LE(sent.at(1).deadline, second_arrived + 10s - 15ms);
  EXPECT_GE(sent.at(1).deadline, start + 9s);
}

TEST(Script, HasTheSettingsOfItsClient) {
  const Fake fake({no_script, replied("1")});
  const auto start = std::chrono::steady_clock::now();
  fake.redis.script(text).exec();
  for (const auto& sent : fake.transport->sent()) EXPECT_GE(sent.deadline, start + 59s);

  std::stop_source stop;
  const Script script = fake.redis.with({.stop_token = stop.get_token()}).script(text);
  stop.request_stop();
  EXPECT_THROW(script.exec(), CancelledError);
}

TEST(Script, ArgumentsAndTextMayBeBytes) {
  const Fake fake({no_script, replied("1")});
  fake.redis.script(text).exec({"k"}, {"\xff"s});
  const auto sent = fake.transport->sent();
  EXPECT_EQ(sent.at(0).url, "https://a.upstash.io/EVALSHA/" + std::string(sha1) + "/1/k");
  EXPECT_EQ(sent.at(0).body, "\xff");
  EXPECT_EQ(sent.at(1).url, "https://a.upstash.io/EVAL/return%20ARGV%5B1%5D/1/k");
  EXPECT_EQ(sent.at(1).body, "\xff");

  const Fake other({no_script, replied("1")});
  other.redis.script("return '\xff'").exec({"k"});
  EXPECT_EQ(other.transport->sent().at(1).body, "return '\xff'");

  const Fake unsent(std::vector<HttpResponse>{});
  EXPECT_THROW(unsent.redis.script(text).exec({}, {"\xff"s, "\xfe"s}), UsageError);
  EXPECT_EQ(unsent.bodies(), Bodies{});
}

TEST(Script, OutlivesTheClientThatMadeIt) {
  auto fake = std::make_unique<Fake>(std::vector<HttpResponse>{replied("1")});
  const Script script = fake->redis.script(text);
  fake.reset();
  EXPECT_EQ(script.exec(), Reply(1));
}

TEST(Script, CopiesMayBeUsedFromManyThreads) {
  std::mutex mutex;
  std::set<std::string> loaded;
  const Fake fake([&](const HttpRequest& request, std::size_t) {
    const std::lock_guard lock(mutex);
    if (request.body.starts_with(R"(["EVAL",)")) loaded.insert("yes");
    return loaded.empty() ? no_script : replied("1");
  });
  const Script script = fake.redis.script(text);
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&right, script] {
        for (int call = 0; call < 50; ++call) right += script.exec({}, {call}) == Reply(1) ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(right, 200);
}

}  // namespace
}  // namespace upstash::test
