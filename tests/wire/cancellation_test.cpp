// A stop token ends a call wherever it is.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <stop_token>
#include <string>
#include <thread>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto promptly = 5s;  // the calls below would otherwise take an hour

ClientOptions patient_options(const std::string& url) {
  ClientOptions options = options_for(url);
  options.timeout = 2h;
  options.connect_timeout = 2h;
  options.rest_retry_interval = 1h;
  return options;
}

TEST(StopToken, EndsACallThatWaitsForItsReply) {
  ScriptedServer server;
  server.set_default(stall());
  const Redis redis(patient_options(server.url()));
  std::stop_source stop;
  const std::jthread stopper([&] {
    server.wait_for_requests(1);
    stop.request_stop();
  });
  const auto start = Clock::now();
  const auto error =
      thrown_by<CancelledError>([&] { redis.with({.stop_token = stop.get_token()}).execute(get("n")); });
  EXPECT_LT(Clock::now() - start, promptly);
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_EQ(error.attempts(), 1);
  EXPECT_TRUE(holds(error.what(), "GET at 127.0.0.1:")) << error.what();
  EXPECT_TRUE(holds(error.what(), "a stop was requested")) << error.what();
}

TEST(StopToken, EndsTheWaitBeforeARetry) {
  std::stop_source stop;
  std::promise<void> waiting;
  ClientOptions options = patient_options("http://127.0.0.1:" + std::to_string(refused_port()));
  options.retry_backoff = [&](int) {
    waiting.set_value();
    return std::chrono::milliseconds(1h);
  };
  const std::jthread stopper([&] {
    waiting.get_future().wait();
    stop.request_stop();
  });
  const auto start = Clock::now();
  const auto error = thrown_by<CancelledError>(
      [&] { Redis(options).with({.stop_token = stop.get_token()}).execute(incr("n")); });
  EXPECT_LT(Clock::now() - start, promptly);
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_EQ(error.attempts(), 1);
}

TEST(StopToken, AlreadyStoppedSendsNothing) {
  ScriptedServer server;
  std::stop_source stop;
  stop.request_stop();
  const auto error = thrown_by<CancelledError>(
      [&] { Redis(options_for(server)).with({.stop_token = stop.get_token()}).execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_FALSE(holds(error.what(), "network")) << error.what();  // there is nothing to check
  EXPECT_EQ(server.connections_accepted(), 0U);
}

TEST(StopToken, EndsAPipelineWhichIsEmptyAfterwards) {
  ScriptedServer server;
  server.set_default(stall());
  std::stop_source stop;
  Pipeline pipeline = Redis(patient_options(server.url()))
                          .with({.stop_token = stop.get_token()})
                          .with({.retries = 0})
                          .pipeline();
  pipeline.execute({"PING"});
  const std::jthread stopper([&] {
    server.wait_for_requests(1);
    stop.request_stop();
  });
  EXPECT_THROW(pipeline.exec(), CancelledError);
  EXPECT_TRUE(pipeline.empty());
}

TEST(StopToken, LeavesTheClientAndOtherCallsAlone) {
  ScriptedServer server;
  const Redis redis(patient_options(server.url()));
  std::stop_source stop;
  const Redis stoppable = redis.with({.stop_token = stop.get_token()});
  server.enqueue(answer_json("1"));
  EXPECT_EQ(stoppable.execute(incr("n")), 1);
  server.enqueue(stall());
  const std::jthread stopper([&] {
    server.wait_for_requests(2);
    stop.request_stop();
  });
  // On a connection that was there before, libcurl has no timer of its own that would end the wait.
  const auto start = Clock::now();
  EXPECT_THROW(stoppable.execute(incr("n")), CancelledError);
  EXPECT_LT(Clock::now() - start, promptly);
  server.enqueue(answer_json("3"));
  EXPECT_EQ(redis.execute(incr("n")), 3);
}

}  // namespace
}  // namespace upstash::test
