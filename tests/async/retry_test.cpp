// AsyncRedis: deadlines, cancellation, and what is sent again after a failure.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>
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
using Clock = std::chrono::steady_clock;

constexpr auto promptly = 5s;  // the calls below would otherwise take hours

ClientOptions patient_options(const std::string& url) {
  ClientOptions options = options_for(url);
  options.rest_encoding = Encoding::none;
  options.timeout = 2h;
  options.connect_timeout = 2h;
  options.rest_retry_interval = 1h;
  return options;
}

ClientOptions quick_options(const ScriptedServer& server) {
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  return options;
}

/// A client's first request, which does not end before the server releases it.
Future<std::int64_t> stalled_first(ScriptedServer& server, const AsyncRedis& redis) {
  server.enqueue(stall(answer_json("1")));
  auto first = redis.execute(incr("first"));
  server.wait_for_requests(1);
  return first;
}

TEST(AsyncDeadline, OfACommandOnItsWay) {
  ScriptedServer server;
  server.set_default(stall());
  const AsyncRedis redis(patient_options(server.url()));
  for (auto timeout = 20ms;; timeout *= 4) {
    const auto start = Clock::now();
    auto future = redis.with({.timeout = timeout}).execute(get("k"));
    const auto error = thrown_by<TimeoutError>([&] { future.get(); });
    EXPECT_GE(Clock::now() - start, timeout);
    EXPECT_LT(Clock::now() - start, promptly);
    if (error.outcome() == Outcome::not_executed && timeout < 1s) continue;  // the machine is busy
    EXPECT_EQ(error.outcome(), Outcome::unknown);
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_TRUE(holds(error.what(), "GET at 127.0.0.1:")) << error.what();
    break;
  }
}

TEST(AsyncDeadline, OfACommandThatWaitsForOthersIsItsOwn) {
  ScriptedServer server;
  const AsyncRedis redis(patient_options(server.url()));
  auto first = stalled_first(server, redis);
  auto patient = redis.execute(incr("n"));
  auto hasty = redis.with({.timeout = 20ms}).execute(incr("n"));
  const auto error = thrown_by<TimeoutError>([&] { hasty.get(); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_EQ(error.attempts(), 0);
  EXPECT_TRUE(holds(error.what(), "not sent: the deadline passed (nothing was executed)")) << error.what();
  EXPECT_FALSE(patient.ready());
  server.enqueue(answer_json("2"));
  server.release();
  EXPECT_EQ(patient.get(), 2);
  EXPECT_EQ(server.requests().back().body, R"(["INCR","n"])");
}

TEST(AsyncDeadline, OfOneAmongManyOnTheirWayLeavesTheOthersAlone) {
  ScriptedServer server;
  const AsyncRedis redis(patient_options(server.url()));
  auto first = stalled_first(server, redis);
  std::stop_source stop;
  auto a = redis.execute(incr("a"));
  auto b = redis.with({.stop_token = stop.get_token()}).execute(incr("b"));
  auto c = redis.execute(incr("c"));
  server.enqueue(stall(answer(200, R"([{"result":2},{"result":3},{"result":4}])")));
  server.release();
  server.wait_for_requests(2);
  stop.request_stop();
  EXPECT_EQ(thrown_by<CancelledError>([&] { b.get(); }).outcome(), Outcome::unknown);
  EXPECT_FALSE(a.ready());
  server.release();
  EXPECT_EQ(a.get(), 2);
  EXPECT_EQ(c.get(), 4);
}

TEST(AsyncStop, BeforeTheCommandLeaves) {
  ScriptedServer server;
  const AsyncRedis redis(patient_options(server.url()));
  auto first = stalled_first(server, redis);
  std::stop_source stop;
  auto stopped = redis.with({.stop_token = stop.get_token()}).execute(incr("n"));
  stop.request_stop();
  const auto error = thrown_by<CancelledError>([&] { stopped.get(); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_TRUE(holds(error.what(), "a stop was requested")) << error.what();
  server.release();
  first.get();
  server.enqueue(answer_json("2"));
  EXPECT_EQ(redis.execute(incr("n")).get(), 2);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(AsyncStop, AfterTheCommandHasLeft) {
  ScriptedServer server;
  server.enqueue(stall());
  const AsyncRedis redis(patient_options(server.url()));
  std::stop_source stop;
  auto stopped = redis.with({.stop_token = stop.get_token()}).execute(get("k"));
  server.wait_for_requests(1);
  stop.request_stop();
  EXPECT_EQ(thrown_by<CancelledError>([&] { stopped.get(); }).outcome(), Outcome::unknown);
  server.enqueue(answer_json("2"));
  EXPECT_EQ(redis.execute(incr("n")).get(), 2);
}

TEST(AsyncStop, AlreadyRequestedSendsNothing) {
  ScriptedServer server;
  const AsyncRedis redis(patient_options(server.url()));
  std::stop_source stop;
  stop.request_stop();
  auto stopped = redis.with({.stop_token = stop.get_token()}).execute(get("k"));
  EXPECT_EQ(thrown_by<CancelledError>([&] { stopped.get(); }).outcome(), Outcome::not_executed);
  EXPECT_EQ(server.connections_accepted(), 0U);
}

TEST(AsyncStop, EndsTheWaitBeforeARetry) {
  std::promise<void> waiting;
  ClientOptions options = patient_options("http://127.0.0.1:" + std::to_string(refused_port()));
  options.retry_backoff = [&](int) {
    waiting.set_value();
    return std::chrono::milliseconds(1h);
  };
  const AsyncRedis redis(options);
  std::stop_source stop;
  auto stopped = redis.with({.stop_token = stop.get_token()}).execute(incr("n"));
  waiting.get_future().wait();
  stop.request_stop();
  const auto error = thrown_by<CancelledError>([&] { stopped.get(); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_EQ(error.attempts(), 1);
}

TEST(AsyncStop, RacesWithReplies) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  const AsyncRedis redis(patient_options(server.url()));
  for (int round = 0; round < 20; ++round) {
    std::stop_source stop;
    const AsyncRedis stoppable = redis.with({.stop_token = stop.get_token()});
    std::vector<Future<std::int64_t>> futures;
    const std::jthread stopper([&] { stop.request_stop(); });
    for (int i = 0; i < 100; ++i) futures.push_back((i % 2 == 0 ? stoppable : redis).execute(incr("n")));
    for (std::size_t i = 0; i < futures.size(); ++i) {
      try {
        EXPECT_EQ(futures[i].get(), 1);
      } catch (const CancelledError&) {
        EXPECT_EQ(i % 2, 0U);
      }
    }
  }
}

TEST(AsyncRetry, AWriteThatDidNotReachTheServerIsSentAgain) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  server.stop_listening();
  ClientOptions options = quick_options(server);
  std::vector<int> retries;
  options.retry_backoff = [&](int retry) {
    retries.push_back(retry);
    server.listen_again();
    return 1ms;
  };
  const AsyncRedis redis(options);
  EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  EXPECT_EQ(retries, std::vector<int>{1});
}

TEST(AsyncRetry, RefusedForGood) {
  ClientOptions options = options_for("http://127.0.0.1:" + std::to_string(refused_port()));
  const AsyncRedis redis(options);
  auto future = redis.execute(incr("n"));
  const auto error = thrown_by<TransportError>([&] { future.get(); });
  EXPECT_EQ(error.attempts(), 2);
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
}

TEST(AsyncRetry, OfALostReplyOnlyWhatMayHappenTwiceIsSentAgain) {
  for (const auto& loss : {close_without_reply, reset}) {
    ScriptedServer server;
    const AsyncRedis redis(quick_options(server));
    auto first = stalled_first(server, redis);
    auto a = redis.execute(get("a"));
    auto b = redis.execute(incr("b"));
    auto c = redis.execute(get("c"));
    auto d = redis.with({.retry_policy = RetryPolicy::always}).execute(incr("d"));
    server.enqueue(loss());
    server.enqueue(answer(200, R"([{"result":"1"},{"result":"3"},{"result":4}])"));
    server.release();
    EXPECT_EQ(first.get(), 1);
    const auto error = thrown_by<TransportError>([&] { b.get(); });
    EXPECT_EQ(error.outcome(), Outcome::unknown);
    EXPECT_EQ(error.attempts(), 1);
    EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:")) << error.what();
    EXPECT_TRUE(holds(error.what(), "unknown: check before you repeat it")) << error.what();
    EXPECT_EQ(a.get(), "1");
    EXPECT_EQ(c.get(), "3");
    EXPECT_EQ(d.get(), 4);
    ASSERT_EQ(server.requests().size(), 3U);
    EXPECT_EQ(server.requests()[2].body, R"([["GET","a"],["GET","c"],["INCR","d"]])");
  }
}

TEST(AsyncRetry, ANewCommandDoesNotWaitForAnothersRetry) {
  ScriptedServer server;
  server.enqueue(close_without_reply());
  server.set_default(answer_json("\"v\""));
  ClientOptions options = patient_options(server.url());
  std::promise<void> waiting;
  options.retry_backoff = [&](int) {
    waiting.set_value();
    return std::chrono::milliseconds(1h);
  };
  const AsyncRedis redis(options);
  auto lost = redis.execute(get("lost"));
  waiting.get_future().wait();
  EXPECT_EQ(redis.execute(get("other")).get(), "v");
  EXPECT_FALSE(lost.ready());
}

TEST(AsyncRetry, NoTimeForARetry) {
  ScriptedServer server;
  server.enqueue(close_without_reply());
  ClientOptions options = quick_options(server);
  options.rest_retry_interval = 1h;
  const AsyncRedis redis(options);
  auto future = redis.execute(get("k"));
  EXPECT_TRUE(
      holds(message_of<TimeoutError>([&] { future.get(); }), "the deadline leaves no time for a retry"));
}

TEST(AsyncRetry, AGatewaysFailureLosesTheReply) {
  ScriptedServer server;
  const AsyncRedis redis(quick_options(server));
  server.enqueue(answer(502, "<html>Bad Gateway</html>"));
  server.enqueue(answer_json("\"v\""));
  EXPECT_EQ(redis.execute(get("k")).get(), "v");
  server.enqueue(answer(502, "<html>Bad Gateway</html>"));
  auto write = redis.execute(incr("n"));
  EXPECT_EQ(thrown_by<ProtocolError>([&] { write.get(); }).http_status(), 502);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(AsyncRetry, AnIdempotentCommandOnAConnectionGoneStaleIsResentAtOnce) {
  ScriptedServer server;
  ClientOptions options = patient_options(server.url());
  const AsyncRedis redis(options);
  server.enqueue(answer_json("null"));
  redis.execute(get("k")).get();
  for (const auto& loss : {close_without_reply, reset}) {
    server.enqueue(loss());
    server.enqueue(answer_json("\"v\""));
    EXPECT_EQ(redis.execute(get("k")).get(), "v");
  }
  server.enqueue(close_without_reply());
  auto write = redis.execute(incr("n"));
  EXPECT_EQ(thrown_by<TransportError>([&] { write.get(); }).outcome(), Outcome::unknown);
  EXPECT_EQ(server.requests().size(), 6U);
}

}  // namespace
}  // namespace upstash::test
