// The deadline runs over everything that a call does.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "fake_transport.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// A port whose queue of connections is full: to connect takes until the client gives up.
class UnresponsivePort {
 public:
  UnresponsivePort() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 0) != 0 ||
        ::getsockname(listener_, any, &size) != 0) {
      throw std::runtime_error("no unresponsive port");
    }
    port_ = ntohs(address.sin_port);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      ::connect(filler, any, size);
    }
  }
  UnresponsivePort(const UnresponsivePort&) = delete;
  UnresponsivePort& operator=(const UnresponsivePort&) = delete;
  ~UnresponsivePort() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  int listener_;
  int port_ = 0;
  std::array<int, 8> fillers_{};
};

TEST(Deadline, EndsACallThatIsNotAnswered) {
  ScriptedServer server;
  server.set_default(stall());
  ClientOptions options = options_for(server);
  options.timeout = 50ms;
  const auto start = Clock::now();
  const auto error = thrown_by<TimeoutError>([&] { Redis(options).execute(incr("n")); });
  const auto took = Clock::now() - start;
  EXPECT_GE(took, 50ms);
  EXPECT_LT(took, 5s);
  EXPECT_EQ(error.outcome(), Outcome::unknown);
  EXPECT_EQ(error.attempts(), 1);
  EXPECT_TRUE(holds(error.what(), "INCR at 127.0.0.1:")) << error.what();
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Deadline, IsNotFollowedByARetryEvenIfThatWereSafe) {
  ScriptedServer server;
  server.set_default(stall());
  EXPECT_EQ(
      thrown_by<TimeoutError>([&] {
        Redis(options_for(server)).with({.timeout = 30ms}).execute(get("n"));
      }).attempts(),
      1);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Deadline, EndsAReplyThatTrickles) {
  ScriptedServer server;
  server.set_default(
      {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
       .then = Action::Then::hold,
       .compute = {}});
  const Redis redis(options_for(server));
  const auto error = thrown_by<TimeoutError>([&] { redis.with({.timeout = 50ms}).execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::unknown);
}

TEST(Deadline, BeforeTheConnectionIsMadeNothingIsExecuted) {
  const UnresponsivePort port;
  const Redis redis(options_for(port.url()));
  const auto error = thrown_by<TimeoutError>([&] { redis.with({.timeout = 50ms}).execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_TRUE(holds(error.what(), "nothing was executed")) << error.what();
}

TEST(Deadline, ConnectTimeoutIsOnlyForOneConnection) {
  const UnresponsivePort port;
  ClientOptions options = options_for(port.url());
  options.connect_timeout = 30ms;
  const auto error = thrown_by<TransportError>([&] { Redis(options).execute(incr("n")); });
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_EQ(error.attempts(), 2);
}

TEST(Deadline, WhenItLeavesNoTimeForARetryTheCallEndsAtOnce) {
  ClientOptions options = options_for("http://127.0.0.1:" + std::to_string(refused_port()));
  options.rest_retry_interval = 1h;
  options.timeout = 30min;
  const auto start = Clock::now();
  const auto error = thrown_by<TimeoutError>([&] { Redis(options).execute(incr("n")); });
  EXPECT_LT(Clock::now() - start, 5s);
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_EQ(error.attempts(), 1);
  EXPECT_TRUE(holds(error.what(), "no time for a retry")) << error.what();
}

TEST(Deadline, WhatTheFirstAttemptTookCounts) {
  ClientOptions options = options_for("https://a.io");
  options.timeout = 1min;
  options.rest_retry_interval = 1min - 1ms;
  options.transport =
      std::make_shared<FakeTransport>([](const HttpRequest& request, std::size_t) -> HttpResponse {
        const auto start = request.deadline - 1min;
        while (Clock::now() < start + 2ms) std::this_thread::yield();
        throw TransportError("no", Outcome::not_executed);
      });
  const auto start = Clock::now();
  const auto error = thrown_by<TimeoutError>([&] { Redis(options).execute(incr("n")); });
  EXPECT_LT(Clock::now() - start, 5s);
  EXPECT_EQ(error.attempts(), 1);
}

TEST(Deadline, EndsAnySeriesOfRetries) {
  ClientOptions options = options_for("http://127.0.0.1:" + std::to_string(refused_port()));
  options.rest_retries = 1'000'000'000;
  options.retry_backoff = [](int) { return 0ms; };
  options.timeout = 50ms;
  const auto start = Clock::now();
  const auto error = thrown_by<TimeoutError>([&] { Redis(options).execute(incr("n")); });
  EXPECT_LT(Clock::now() - start, 5s);
  EXPECT_EQ(error.outcome(), Outcome::not_executed);
  EXPECT_GT(error.attempts(), 1);
}

TEST(Deadline, RunsOverAllAttemptsTogether) {
  ScriptedServer server;
  server.enqueue(close_without_reply());
  server.set_default(stall());
  const Redis redis(options_for(server));
  const auto start = Clock::now();
  const auto error = thrown_by<TimeoutError>([&] { redis.with({.timeout = 60ms}).execute(get("n")); });
  EXPECT_GE(Clock::now() - start, 60ms);
  EXPECT_EQ(error.attempts(), 2);
  EXPECT_EQ(error.outcome(), Outcome::unknown);
}

TEST(Deadline, TheClientIsFineAfterwards) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  server.enqueue(stall());
  EXPECT_THROW(redis.with({.timeout = 20ms}).execute(incr("n")), TimeoutError);
  server.set_default(answer_json("7"));
  EXPECT_EQ(redis.execute(incr("n")), 7);
  EXPECT_EQ(server.connections_accepted(), 2U);  // the late reply cannot be taken for this one's
}

TEST(Deadline, OfPipelinesIsTheirClients) {
  ScriptedServer server;
  server.set_default(stall());
  Pipeline pipeline = Redis(options_for(server)).with({.timeout = 20ms}).pipeline();
  pipeline.execute({"PING"});
  EXPECT_TRUE(holds(message_of<TimeoutError>([&] { pipeline.exec(); }), "pipeline at "));
}

TEST(Deadline, CanBeAsLongAsItGets) {
  ScriptedServer server;
  server.set_default(answer_json("1"));
  for (const auto longest :
       {std::chrono::milliseconds::max(), std::chrono::milliseconds(std::chrono::years(1000))}) {
    ClientOptions options = options_for(server);
    options.timeout = longest;
    options.connect_timeout = longest;
    EXPECT_EQ(Redis(options).execute({"INCR", "n"}), Reply(1));
    EXPECT_EQ(Redis(options_for(server)).with({.timeout = longest}).execute({"INCR", "n"}), Reply(1));
  }
}

TEST(Deadline, ARetryIntervalWithoutEndIsNeverOver) {
  ClientOptions options = options_for("http://127.0.0.1:" + std::to_string(refused_port()));
  options.rest_retry_interval = std::chrono::milliseconds::max();
  EXPECT_EQ(thrown_by<TimeoutError>([&] { Redis(options).execute(incr("n")); }).attempts(), 1);
}

TEST(CallSettings, InnerOnesWinAndOthersStay) {
  ScriptedServer server;
  server.set_default(close_without_reply());
  const Redis redis(options_for(server));
  const Redis none = redis.with({.timeout = 30s}).with({.retries = 0});
  EXPECT_EQ(thrown_by<TransportError>([&] { none.execute(get("n")); }).attempts(), 1);
  EXPECT_EQ(thrown_by<TransportError>([&] { none.with({.timeout = 30s}).execute(get("n")); }).attempts(), 1);
  const Redis always = redis.with({.retry_policy = RetryPolicy::always}).with({.timeout = 30s});
  EXPECT_EQ(thrown_by<TransportError>([&] { always.execute(incr("n")); }).attempts(), 2);
  const Redis two = none.with({.retries = 2});
  EXPECT_EQ(thrown_by<TransportError>([&] { two.execute(get("n")); }).attempts(), 3);
  server.set_default(stall());
  EXPECT_THROW(none.with({.timeout = 20ms}).with({.retries = 5}).execute(get("n")), TimeoutError);
}

TEST(CallSettings, ThatCannotBeRightAreRefusedBeforeAnythingIsSent) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  EXPECT_TRUE(
      holds(message_of<UsageError>([&] { redis.with({.timeout = 0ms}).execute({"PING"}); }), "timeout"));
  EXPECT_TRUE(
      holds(message_of<UsageError>([&] { redis.with({.timeout = -1ms}).execute({"PING"}); }), "timeout"));
  EXPECT_TRUE(
      holds(message_of<UsageError>([&] { redis.with({.retries = -1}).execute({"PING"}); }), "retries"));
  EXPECT_EQ(server.connections_accepted(), 0U);
}

TEST(ClientSettings, ThatCannotBeRightAreRefusedByTheConstructor) {
  const auto refused = [](auto change) {
    ClientOptions options = options_for("https://a.io");
    change(options);
    return message_of<UsageError>([&] { const Redis redis(options); });
  };
  EXPECT_TRUE(holds(refused([](ClientOptions& options) { options.timeout = 0ms; }), "timeout"));
  EXPECT_TRUE(
      holds(refused([](ClientOptions& options) { options.connect_timeout = 0ms; }), "connect_timeout"));
  EXPECT_TRUE(holds(refused([](ClientOptions& options) { options.rest_retries = -1; }), "retries"));
  EXPECT_TRUE(holds(
      refused([](ClientOptions& options) { options.rest_retry_interval = -1ms; }), "rest_retry_interval"));
  EXPECT_TRUE(holds(refused([](ClientOptions& options) { options.url = ""; }), "url"));
  EXPECT_TRUE(holds(refused([](ClientOptions& options) { options.token = ""; }), "token"));
}

}  // namespace
}  // namespace upstash::test
