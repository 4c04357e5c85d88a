// Redis::subscribe(), psubscribe() and monitor(): what is sent, what comes, gaps, errors, ends.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <upstash/redis.hpp>

#include "client_for.hpp"
#include "event_log.hpp"
#include "fake_transport.hpp"
#include "result_in_child.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

const std::string confirmed = "data: subscribe,chat,1\n\n";

std::string published(const std::string& payload) { return "data: message,chat," + payload + "\n\n"; }

/// What `subscribe` gives with a timeout that is just long enough on this machine as it is now, and that timeout.
template <class Subscribe>
std::pair<std::shared_ptr<Subscription>, std::chrono::milliseconds> with_short_timeout(
    const Subscribe& subscribe) {
  for (std::chrono::milliseconds timeout = 100ms;; timeout *= 2) {
    try {
      return {std::make_shared<Subscription>(subscribe(timeout)), timeout};
    } catch (const TimeoutError&) {
      if (timeout > 10s) throw;
    }
  }
}

TEST(Subscribe, SendsOneRequestAndIsConfirmed) {
  ScriptedServer server;
  server.enqueue(event_stream("data: subscribe,a/b,1\n\ndata: subscribe,\xff,2\n\n"));
  ClientOptions options = options_for(server);
  EventLog log;
  const Redis redis(options);
  const Subscription subscription = redis.subscribe({"a/b", "\xff"}, log.handlers());
  EXPECT_TRUE(subscription.active());
  EXPECT_EQ(log.take(2), (EventLog::Lines{"subscribed a/b 1", "subscribed \xff 2"}));
  const RecordedRequest request = server.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/subscribe/a%2Fb/%FF");
  EXPECT_EQ(request.body, "");
  EXPECT_EQ(request.header("Accept"), "text/event-stream");
  EXPECT_EQ(request.header("Authorization"), "Bearer " + std::string(test_token));
  EXPECT_NE(request.header("Upstash-Telemetry-Sdk"), "");
  EXPECT_EQ(request.header("Upstash-Encoding"), "");
  EXPECT_EQ(request.header("Content-Type"), "");
}

TEST(Subscribe, CallsTheHandlersInOrder) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed));
  EventLog log;
  const Redis redis(options_for(server));
  const Subscription subscription = redis.subscribe({"chat"}, log.handlers());
  std::string all;
  EventLog::Lines expected{"subscribed chat 1"};
  for (int i = 0; i < 100; ++i) {
    all += published(std::to_string(i) + ",\0\r"s);
    expected.push_back("message chat  " + std::to_string(i) + ",\0\r"s);
  }
  server.push(all);
  EXPECT_EQ(log.take(101), expected);
}

TEST(Subscribe, GivesOneMessageAfterTheOther) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed + published("a") + published("b\ndata: c")));
  const Redis redis(options_for(server));
  Subscription subscription = redis.subscribe("chat");
  EXPECT_EQ(subscription.next(), (Message{.channel = "chat", .payload = "a"}));
  EXPECT_EQ(
      subscription.next(std::chrono::milliseconds::max()), (Message{.channel = "chat", .payload = "b\nc"}));
  EXPECT_EQ(subscription.next(1ms), std::nullopt);
  EXPECT_EQ(subscription.next(-1h), std::nullopt);
  EXPECT_TRUE(subscription.active());
  std::jthread later([&] { server.push(published("d")); });
  EXPECT_EQ(subscription.next()->payload, "d");
}

TEST(Subscribe, PatternsAndCommands) {
  ScriptedServer server;
  server.enqueue(event_stream("data: psubscribe,n.*,1\n\ndata: pmessage,n.*,n.a,x,y\n\n"));
  server.enqueue(event_stream("data: \"OK\"\n\ndata: 12.000034 [1 1.2.3.4:5] \"GET\" \"\\x00\"\n\n"));
  const Redis redis(options_for(server));
  Subscription subscription = redis.psubscribe({"n.*"});
  EXPECT_EQ(subscription.next(), (Message{.channel = "n.a", .pattern = "n.*", .payload = "x,y"}));
  Monitor monitor = redis.monitor();
  const MonitoredCommand expected{
      .time = std::chrono::sys_time<std::chrono::microseconds>(12'000'034us),
      .database = 1,
      .client = "1.2.3.4:5",
      .arguments = {"GET", "\0"s}};
  EXPECT_EQ(monitor.next(), expected);
  EXPECT_EQ(monitor.next(1ms), std::nullopt);
  EXPECT_EQ(server.requests().at(0).target, "/psubscribe/n.%2A");
  EXPECT_EQ(server.requests().at(1).target, "/monitor");

  std::promise<std::string> name;
  server.enqueue(event_stream("data: OK\n\ndata: 12.000034 [1 lua] \"PING\"\n\n"));
  const Monitor handled = redis.monitor(
      {.on_command = [&](const MonitoredCommand& command) { name.set_value(command.arguments.at(0)); }});
  EXPECT_EQ(name.get_future().get(), "PING");
}

TEST(Subscribe, TakesAStreamInChunks) {
  ScriptedServer server;
  server.enqueue(chunked(
      {"data: subscr", "ibe,chat,1\n", "\ndata: message,chat,x\n\n"},
      {{"Content-Type", "Text/Event-Stream; charset=utf-8"}}));
  server.set_default(event_stream(confirmed));
  ClientOptions options = options_for(server);
  options.reconnect_backoff = [](int) { return 1ms; };
  Subscription subscription = Redis(options).subscribe("chat");  // which goes on without its client
  EXPECT_EQ(subscription.next()->payload, "x");
}

TEST(Subscribe, RefusesNamesBeforeAnythingIsSent) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  const std::vector<std::string> none;
  EXPECT_THROW(static_cast<void>(redis.subscribe(none)), UsageError);
  EXPECT_THROW(static_cast<void>(redis.subscribe({"a", ""})), UsageError);
  EXPECT_THROW(static_cast<void>(redis.subscribe({"a", "a,b"})), UsageError);
  EXPECT_THROW(static_cast<void>(redis.psubscribe({"a", "a,b"})), UsageError);
  EXPECT_THROW(static_cast<void>(redis.with({.timeout = -1s}).subscribe({"a"})), UsageError);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_THROW(static_cast<void>(Subscription().next()), UsageError);
  EXPECT_FALSE(Subscription().active());
}

TEST(SubscribeOpening, ThrowsWhatTheServerAnswers) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  EventLog log;
  const auto subscribe = [&] { static_cast<void>(redis.subscribe({"chat"}, log.handlers())); };
  server.enqueue(answer(401, R"({"error":"WRONGPASS invalid or missing auth token"})"));
  EXPECT_EQ(thrown_by<AuthError>(subscribe).command(), "SUBSCRIBE");
  server.enqueue(answer(400, R"({"error":"NOPERM no"})"));
  EXPECT_EQ(thrown_by<AuthError>(subscribe).http_status(), 400);
  server.enqueue(answer(400, R"({"error":"ERR wrong number of arguments"})"));
  EXPECT_EQ(thrown_by<ServerError>(subscribe).code(), "ERR");
  server.enqueue(answer(200, "<html>", {{"Content-Type", "text/html"}}));
  EXPECT_EQ(thrown_by<ProtocolError>(subscribe).excerpt(), "<html>");
  server.enqueue(answer_json("1"));
  EXPECT_TRUE(holds(message_of<ProtocolError>(subscribe), "it is no event stream"));
  server.enqueue(answer(302, "", {{"Content-Type", "text/event-stream"}}));
  EXPECT_EQ(thrown_by<ProtocolError>(subscribe).http_status(), 302);
  server.enqueue(event_stream("data: nonsense,with " + std::string(test_token) + "\n\n"));
  EXPECT_EQ(thrown_by<ProtocolError>(subscribe).excerpt(), "nonsense,with ***");
  EXPECT_EQ(server.requests().size(), 7U);
  EXPECT_EQ(log.size(), 0U);
}

TEST(SubscribeOpening, IsRetriedAsCallsAre) {
  ScriptedServer server;
  ClientOptions options = options_for(server);
  options.rest_retries = 4;
  server.enqueue(close_without_reply());
  server.enqueue(answer(502, "<html>"));
  server.enqueue(event_stream(""));
  server.enqueue(reset());
  server.enqueue(event_stream(confirmed + published("x")));
  const std::jthread closer([&] {
    server.wait_for_requests(3);
    server.close_idle_connections();
  });
  Subscription subscription = Redis(options).subscribe("chat");
  EXPECT_EQ(subscription.next(), (Message{.channel = "chat", .payload = "x"}));
  EXPECT_EQ(server.requests().size(), 5U);
}

TEST(SubscribeOpening, EndsWithTransportErrorAtLast) {
  ScriptedServer server;
  ClientOptions options = options_for(server);
  server.set_default(close_without_reply());
  EXPECT_EQ(
      thrown_by<TransportError>([&] { static_cast<void>(Redis(options).subscribe("chat")); }).attempts(), 2);
  server.set_default(answer(503, "busy"));
  EXPECT_EQ(
      thrown_by<ProtocolError>([&] { static_cast<void>(Redis(options).subscribe("chat")); }).http_status(),
      503);
  options.url = "http://127.0.0.1:" + std::to_string(refused_port());
  const auto refused =
      thrown_by<TransportError>([&] { static_cast<void>(Redis(options).subscribe("chat")); });
  EXPECT_EQ(refused.outcome(), Outcome::not_executed);
  EXPECT_TRUE(holds(refused.what(), "SUBSCRIBE at 127.0.0.1"));
}

TEST(SubscribeOpening, HasADeadlineThatTheOpenStreamHasNot) {
  ScriptedServer server;
  const Redis redis(options_for(server));
  server.enqueue(event_stream(": not yet\n\n"));
  EXPECT_THROW(static_cast<void>(redis.with({.timeout = 50ms}).subscribe("chat")), TimeoutError);
  server.enqueue(stall());
  EXPECT_THROW(static_cast<void>(redis.with({.timeout = 50ms}).subscribe("chat")), TimeoutError);
  server.set_default(event_stream(confirmed));
  const auto [subscription, timeout] =
      with_short_timeout([&](auto longest) { return redis.with({.timeout = longest}).subscribe("chat"); });
  EXPECT_EQ(subscription->next(timeout + 100ms), std::nullopt);
  server.push(published("late"));
  EXPECT_EQ(subscription->next(), (Message{.channel = "chat", .payload = "late"}));
}

TEST(SubscribeOpening, RefusesATransportOfTheUsers) {
  ScriptedServer server;
  ClientOptions options = options_for(server);
  options.transport = std::make_shared<FakeTransport>(FakeTransport::Behaviour());
  EXPECT_THROW(static_cast<void>(Redis(options).subscribe("chat")), UsageError);
}

class BrokenSubscription : public testing::Test {
 protected:
  /// Connections are closed with the stream still open.
  void break_stream() { server.close_idle_connections(); }

  static ClientOptions options(const ScriptedServer& server) {
    ClientOptions options = options_for(server);
    options.reconnect_backoff = [](int) { return 1ms; };
    return options;
  }

  ScriptedServer server;
  EventLog log;
};

TEST_F(BrokenSubscription, IsOpenedAgainAndTellsTheGap) {
  server.enqueue(event_stream(confirmed + published("a")));
  server.enqueue(close_without_reply());
  server.enqueue(answer(502, "<html>"));
  server.enqueue(event_stream(""));
  server.enqueue(event_stream(confirmed + published("b") + published("c")));
  const Subscription subscription = Redis(options(server)).subscribe({"chat"}, log.handlers());
  EXPECT_EQ(log.take(2), (EventLog::Lines{"subscribed chat 1", "message chat  a"}));
  break_stream();
  server.wait_for_requests(4);
  break_stream();
  EXPECT_EQ(
      log.take(4),
      (EventLog::Lines{
          "gap 4 the server ended the stream",
          "subscribed chat 1",
          "message chat  b (after a gap)",
          "message chat  c"}));
}

TEST_F(BrokenSubscription, TellsWhoPulls) {
  server.enqueue(event_stream(confirmed + published("a")));
  server.enqueue(event_stream(confirmed + published("b") + published("c")));
  Subscription subscription = Redis(options(server)).subscribe("chat");
  EXPECT_FALSE(subscription.next()->after_gap);
  break_stream();
  EXPECT_TRUE(subscription.next()->after_gap);
  EXPECT_FALSE(subscription.next()->after_gap);
}

TEST_F(BrokenSubscription, WaitsWithGrowingNumbers) {
  std::vector<int> numbers;
  ClientOptions chosen = options(server);
  chosen.reconnect_backoff = [&](int attempt) {
    numbers.push_back(attempt);
    return 1ms;
  };
  server.enqueue(event_stream(confirmed));
  for (int i = 0; i < 3; ++i) server.enqueue(reset());
  server.enqueue(event_stream(confirmed));
  server.enqueue(event_stream(confirmed));
  {
    const Subscription subscription = Redis(chosen).subscribe({"chat"}, log.handlers());
    log.take(1);
    break_stream();
    log.take(2);
    break_stream();
    log.take(2);
  }
  EXPECT_EQ(numbers, (std::vector<int>{1, 2, 3, 4, 5}));  // it did not stay open for long
}

TEST_F(BrokenSubscription, EndsForGoodWhenItIsRefused) {
  server.enqueue(event_stream(confirmed));
  server.enqueue(answer(401, R"({"error":"Unauthorized"})"));
  Subscription pulled;
  {
    const Redis redis(options(server));
    const Subscription subscription = redis.subscribe({"chat"}, log.handlers());
    log.take(1);
    break_stream();
    EXPECT_TRUE(holds(log.take(1).at(0), "error SUBSCRIBE at"));
    EXPECT_FALSE(subscription.active());

    server.enqueue(event_stream(confirmed + published("a")));
    server.enqueue(answer(401, R"({"error":"Unauthorized"})"));
    pulled = redis.subscribe("chat");
  }
  break_stream();
  EXPECT_EQ(pulled.next()->payload, "a");
  EXPECT_THROW(static_cast<void>(pulled.next()), AuthError);
  EXPECT_THROW(static_cast<void>(pulled.next(1ms)), AuthError);
  EXPECT_FALSE(pulled.active());
}

TEST_F(BrokenSubscription, EndsForGoodWithWhatCannotBeUnderstood) {
  const Redis redis(options(server));
  server.enqueue(event_stream(confirmed + published("a") + "data: \"what\"\n\n" + published("b")));
  Subscription subscription = redis.subscribe("chat");
  EXPECT_EQ(subscription.next()->payload, "a");
  EXPECT_EQ(thrown_by<ProtocolError>([&] { static_cast<void>(subscription.next()); }).excerpt(), "\"what\"");

  ClientOptions small = options(server);
  small.max_reply_bytes = 100;
  server.enqueue(event_stream(confirmed + "data: message,chat," + std::string(100, 'x')));
  Subscription too_long = Redis(small).subscribe("chat");
  const std::string message = message_of<ProtocolError>([&] { static_cast<void>(too_long.next()); });
  EXPECT_TRUE(holds(message, "an event is longer than max_reply_bytes, 100")) << message;
}

TEST_F(BrokenSubscription, NoticesAnAttemptThatHangs) {
  server.set_default(event_stream(confirmed));
  const Redis redis(options(server));
  const auto [subscription, timeout] = with_short_timeout([&](auto longest) {
    return redis.with({.timeout = longest}).subscribe({"chat"}, {.on_gap = [&](const Gap& gap) {
                                                        log.add(
                                                            gap.attempts > 1 ? "gap" : "too few attempts");
                                                      }});
  });
  server.enqueue(stall());
  break_stream();
  EXPECT_EQ(log.take(1), EventLog::Lines{"gap"});
}

TEST(SubscriptionEnd, UnsubscribeClosesTheConnectionAtOnce) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed + published("a")));
  const Redis redis(options_for(server));
  Subscription subscription = redis.subscribe("chat");
  server.wait_for_connections(1);
  std::jthread waiting([&] {
    while (subscription.next()) {
    }
  });
  subscription.unsubscribe();
  server.wait_for_connections(0);
  waiting.join();
  EXPECT_EQ(subscription.next(), std::nullopt);
  EXPECT_EQ(subscription.next(1h), std::nullopt);
  EXPECT_FALSE(subscription.active());
  subscription.unsubscribe();
}

TEST(SubscriptionEnd, NoHandlerRunsAfterIt) {
  ScriptedServer server;
  std::string many = confirmed;
  for (int i = 0; i < 300; ++i) many += published("x");
  server.set_default(event_stream(many));
  const Redis redis(options_for(server));
  for (int round = 0; round < 20; ++round) {
    auto alive = std::make_unique<std::atomic<int>>(0);
    std::promise<void> first;
    Subscription subscription =
        redis.subscribe({"chat"}, {.on_message = [&, counter = alive.get()](const Message&) {
                          if (counter->fetch_add(1) == 0) first.set_value();
                        }});
    first.get_future().wait();
    subscription.unsubscribe();
    alive.reset();
  }
}

TEST(SubscriptionEnd, InsideAHandler) {
  ScriptedServer server;
  server.set_default(event_stream(confirmed + published("a") + published("b")));
  const Redis redis(options_for(server));
  for (const bool destroy : {false, true}) {
    auto subscription = std::make_shared<Subscription>();
    std::promise<void> assigned;
    std::promise<void> ended;
    std::atomic<int> calls = 0;
    *subscription = redis.subscribe(
        {"chat"}, {.on_message = [&, subscription, ready = assigned.get_future().share()](const Message&) {
          ++calls;
          ready.wait();
          if (destroy) {
            *subscription = Subscription();
          } else {
            subscription->unsubscribe();
            subscription->unsubscribe();
          }
          ended.set_value();
        }});
    const std::weak_ptr<Subscription> watch = subscription;
    subscription.reset();
    assigned.set_value();
    ended.get_future().wait();
    server.wait_for_connections(0);
    EXPECT_EQ(calls, 1);
    while (!watch.expired()) std::this_thread::yield();  // the handlers that held it are gone, too
  }
}

TEST(SubscriptionEnd, AHandlerThatThrowsEndsIt) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed + published("a") + published("b")));
  std::promise<std::string> told;
  std::atomic<int> calls = 0;
  const Subscription subscription = Redis(options_for(server))
                                        .subscribe(
                                            {"chat"},
                                            {.on_message =
                                                 [&](const Message&) {
                                                   ++calls;
                                                   throw std::runtime_error("mine");
                                                 },
                                             .on_error =
                                                 [&](const Error& error) {
                                                   told.set_value(error.what());
                                                   throw 1;
                                                 }});
  EXPECT_EQ(told.get_future().get(), "a handler of the subscription threw: mine");
  server.wait_for_connections(0);
  EXPECT_EQ(calls, 1);
  EXPECT_FALSE(subscription.active());
}

TEST(SubscriptionEnd, ByAStopToken) {
  ScriptedServer server;
  server.set_default(event_stream(confirmed));
  const Redis redis(options_for(server));
  std::stop_source stop;
  Subscription pulled = redis.with({.stop_token = stop.get_token()}).subscribe("chat");
  EventLog log;
  const Subscription handled =
      redis.with({.stop_token = stop.get_token()}).subscribe({"chat"}, log.handlers());
  log.take(1);
  std::jthread later([&] { stop.request_stop(); });
  EXPECT_THROW(static_cast<void>(pulled.next()), CancelledError);
  EXPECT_TRUE(holds(log.take(1).at(0), "a stop was requested"));
  server.wait_for_connections(0);
  EXPECT_THROW(
      static_cast<void>(redis.with({.stop_token = stop.get_token()}).subscribe("chat")), CancelledError);
  EXPECT_EQ(server.requests().size(), 2U);

  std::stop_source early;
  server.set_default(stall());
  std::jthread stopper([&] {
    server.wait_for_requests(3);
    early.request_stop();
  });
  EXPECT_THROW(
      static_cast<void>(redis.with({.stop_token = early.get_token()}).subscribe("chat")), CancelledError);
}

TEST(SubscriptionPull, IsNotMixedWithAHandler) {
  ScriptedServer server;
  server.set_default(event_stream(confirmed));
  const Redis redis(options_for(server));
  Subscription handled = redis.subscribe({"chat"}, {.on_message = [](const Message&) {}});
  EXPECT_THROW(static_cast<void>(handled.next()), UsageError);

  Subscription pulled;
  std::promise<void> assigned;
  std::promise<bool> refused;
  pulled = redis.subscribe(
      {"chat"}, {.on_subscribed = [&, ready = assigned.get_future().share()](const Subscribed&) {
        ready.wait();
        try {
          static_cast<void>(pulled.next());
        } catch (const UsageError&) {
          refused.set_value(true);
        }
      }});
  assigned.set_value();
  EXPECT_TRUE(refused.get_future().get());
}

TEST(SubscriptionPull, WhoDoesNotTakeIsNotSentMore) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed));
  Subscription subscription = Redis(options_for(server)).subscribe("chat");
  constexpr int count = 4000;
  const std::string payload(10'000, 'x');
  std::string all;
  for (int i = 0; i < count; ++i) all += published(std::to_string(i) + "," + payload);
  server.push(all);
  // What sockets hold and the client keeps is far less than all.
  EXPECT_EQ(subscription.next()->payload, "0," + payload);
  std::size_t unsent = server.unsent_bytes();
  for (std::size_t before = 0; before != unsent; unsent = server.unsent_bytes()) {
    before = unsent;
    EXPECT_EQ(subscription.active(), true);
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_GT(unsent, all.size() / 2);
  for (int i = 1; i < count; ++i) {
    ASSERT_EQ(subscription.next()->payload, std::to_string(i) + "," + payload);
  }
  EXPECT_EQ(subscription.next(1ms), std::nullopt);
}

TEST(SubscriptionFork, TheParentsGoesOnThereAlone) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed));
  server.set_default(answer_json("7"));
  std::optional<Redis> redis(options_for(server));
  auto subscription = std::make_unique<Subscription>(redis->subscribe("chat"));
  EXPECT_EQ(
      result_in_child([&] {
        int result = 0;
        if (!subscription->active()) result += 1;
        try {
          static_cast<void>(subscription->next());
        } catch (const CancelledError&) {
          result += 2;
        }
        subscription->unsubscribe();
        result += static_cast<int>(redis->execute(incr("n")));
        subscription.reset();
        redis.reset();
        return result;
      }),
      10);
  server.push(published("a"));
  EXPECT_EQ(subscription->next()->payload, "a");
}

}  // namespace
}  // namespace upstash::test
