// Subscriptions of AsyncRedis: futures, coroutines, executors, many at once, their end with the client's.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <upstash/async_redis.hpp>

#include "answer_each.hpp"
#include "client_for.hpp"
#include "coroutine_task.hpp"
#include "event_log.hpp"
#include "result_in_child.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"
#include "worker_thread.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

const std::string confirmed = "data: subscribe,chat,1\n\n";

std::string published(const std::string& payload) { return "data: message,chat," + payload + "\n\n"; }

ClientOptions quick_options(const ScriptedServer& server) {
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  options.reconnect_backoff = [](int) { return 1ms; };
  return options;
}

/// Streams stay open, commands are answered.
Action stream_or_answer(const std::string& stream) {
  return respond([stream, one = answer_each("1")](const RecordedRequest& request) {
    return request.target.starts_with("/subscribe") ? event_stream(stream) : one;
  });
}

TEST(AsyncSubscribe, CallsHandlersWhileCommandsGoOn) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed + published("a,b")));
  const AsyncRedis redis(quick_options(server));
  EventLog log;
  AsyncSubscription subscription = redis.subscribe({"chat"}, log.handlers());
  subscription.confirmed().get();
  subscription.confirmed().get();
  EXPECT_EQ(log.take(2), (EventLog::Lines{"subscribed chat 1", "message chat  a,b"}));
  EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  server.push(published("c"));
  EXPECT_EQ(log.take(1), EventLog::Lines{"message chat  c"});
  EXPECT_THROW(static_cast<void>(subscription.next()), UsageError);
  EXPECT_THROW(static_cast<void>(AsyncSubscription().next()), UsageError);
}

TEST(AsyncSubscribe, GivesFuturesInOrder) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed));
  const AsyncRedis redis(quick_options(server));
  AsyncSubscription subscription = redis.subscribe("chat");
  auto first = subscription.next();
  auto second = subscription.next();
  subscription.confirmed().get();
  EXPECT_FALSE(first.wait_for(1ms));
  server.push(published("a") + published("b") + published("c"));
  EXPECT_EQ(second.get()->payload, "b");
  EXPECT_EQ(first.get()->payload, "a");
  EXPECT_EQ(subscription.next().get()->payload, "c");
  auto last = subscription.next();
  subscription.unsubscribe();
  EXPECT_EQ(last.get(), std::nullopt);
  EXPECT_EQ(subscription.next().get(), std::nullopt);
  server.wait_for_connections(0);
}

TEST(AsyncSubscribe, IsAwaited) {
  ScriptedServer server;
  server.enqueue(event_stream(confirmed));
  server.enqueue(event_stream("data: OK\n\ndata: 1.000000 [0 lua] \"GET\" \"k\"\n\n"));
  const AsyncRedis redis(quick_options(server));
  std::promise<std::vector<std::string>> all;
  const auto coroutine = [](AsyncSubscription subscription, auto& result) -> Task {
    std::vector<std::string> payloads;
    co_await subscription.confirmed();
    while (auto message = co_await subscription.next()) {
      payloads.push_back(message->payload);
      if (payloads.size() == 1000) subscription.unsubscribe();
    }
    result.set_value(payloads);
  };
  AsyncSubscription subscription = redis.subscribe("chat");
  subscription.confirmed().get();
  coroutine(std::move(subscription), all);
  std::string many;
  for (int i = 0; i < 1100; ++i) many += published(std::to_string(i));
  server.push(many);
  EXPECT_EQ(all.get_future().get().back(), "999");

  AsyncMonitor monitor = redis.monitor();
  monitor.confirmed().get();
  EXPECT_EQ(monitor.next().get()->arguments, (std::vector<std::string>{"GET", "k"}));
}

TEST(AsyncSubscribe, ErrorsComeToHandlersAndFutures) {
  ScriptedServer server;
  server.set_default(answer(401, R"({"error":"Unauthorized"})"));
  const AsyncRedis redis(quick_options(server));
  EventLog log;
  AsyncSubscription subscription = redis.subscribe({"chat"}, log.handlers());
  EXPECT_THROW(subscription.confirmed().get(), AuthError);
  EXPECT_TRUE(holds(log.take(1).at(0), "error SUBSCRIBE at"));
  EXPECT_THROW(subscription.confirmed().get(), AuthError);

  AsyncSubscription pulled = redis.subscribe("chat");
  auto first = pulled.next();
  auto second = pulled.next();
  EXPECT_THROW(first.get(), AuthError);
  EXPECT_THROW(second.get(), AuthError);
  EXPECT_THROW(pulled.next().get(), AuthError);
}

TEST(AsyncSubscribe, HundredAtOnce) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed));
  const AsyncRedis redis(quick_options(server));
  EventLog log;
  std::vector<AsyncSubscription> subscriptions;
  for (int i = 0; i < 100; ++i) {
    subscriptions.push_back(redis.subscribe(
        {"chat"}, {.on_message = [&log](const Message& message) { log.add(message.payload); }}));
  }
  for (auto& subscription : subscriptions) subscription.confirmed().get();
  EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  server.push(published("x"));
  EXPECT_EQ(log.take(100), EventLog::Lines(100, "x"));
  server.close_idle_connections();
  server.wait_for_requests(201);
  for (int i = 0; i < 50; ++i) subscriptions.pop_back();
  EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  subscriptions.clear();
  server.wait_for_connections(1);
}

TEST(AsyncSubscribe, StreamsDoNotCountAsRequests) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed));
  ClientOptions options = quick_options(server);
  options.max_idle_connections = 1;
  const AsyncRedis redis(options);
  std::vector<AsyncSubscription> subscriptions;
  for (int i = 0; i < 5; ++i) {
    subscriptions.push_back(redis.subscribe("chat"));
    EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  }
  for (auto& subscription : subscriptions) subscription.confirmed().get();
}

TEST(AsyncSubscribe, HandlersRunOneAtATimeOnTheExecutor) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed));
  std::vector<std::unique_ptr<WorkerThread>> pool;
  for (int i = 0; i < 4; ++i) pool.push_back(std::make_unique<WorkerThread>());
  std::atomic<std::size_t> next = 0;
  ClientOptions options = quick_options(server);
  options.executor = [&](std::function<void()> task) { pool[next++ % pool.size()]->post(std::move(task)); };
  const AsyncRedis redis(options);
  std::atomic<int> running = 0;
  std::vector<std::string> payloads;
  std::promise<void> all;
  const std::thread::id here = std::this_thread::get_id();
  AsyncSubscription subscription = redis.subscribe({"chat"}, {.on_message = [&](const Message& message) {
                                                     EXPECT_EQ(++running, 1);
                                                     EXPECT_NE(std::this_thread::get_id(), here);
                                                     payloads.push_back(message.payload);
                                                     redis.execute(incr("n")).get();  // there one may wait
                                                     --running;
                                                     if (payloads.size() == 500) all.set_value();
                                                   }});
  subscription.confirmed().get();
  for (int i = 0; i < 500; ++i) server.push(published(std::to_string(i)));
  all.get_future().get();
  for (int i = 0; i < 500; ++i) EXPECT_EQ(payloads[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(AsyncSubscribe, AnExecutorThatLagsHoldsTheServerUp) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed));
  WorkerThread worker;
  std::promise<void> go_on;
  ClientOptions options = quick_options(server);
  options.executor = [&](std::function<void()> task) { worker.post(std::move(task)); };
  const AsyncRedis redis(options);
  EventLog log;
  AsyncSubscription subscription = redis.subscribe(
      {"chat"}, {.on_message = [&, ready = go_on.get_future().share()](const Message& message) {
        ready.wait();
        log.add(message.payload.substr(0, 5));
      }});
  subscription.confirmed().get();
  constexpr int count = 4000;
  std::string all;
  for (int i = 0; i < count; ++i) all += published(std::to_string(10'000 + i) + std::string(10'000, 'x'));
  server.push(all);
  std::size_t unsent = server.unsent_bytes();
  for (std::size_t before = 0; before != unsent; unsent = server.unsent_bytes()) {
    before = unsent;
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_GT(unsent, all.size() / 2);
  go_on.set_value();
  const EventLog::Lines lines = log.take(count);
  for (int i = 0; i < count; ++i) EXPECT_EQ(lines[static_cast<std::size_t>(i)], std::to_string(10'000 + i));
}

TEST(AsyncSubscribe, AnExecutorThatDropsTasksHasThemRun) {
  ScriptedServer server;
  server.set_default(event_stream(confirmed + published("a")));
  ClientOptions options = quick_options(server);
  options.executor = [](const std::function<void()>&) {};
  const AsyncRedis redis(options);
  EventLog log;
  const AsyncSubscription subscription = redis.subscribe({"chat"}, log.handlers());
  EXPECT_EQ(log.take(2), (EventLog::Lines{"subscribed chat 1", "message chat  a"}));
}

TEST(AsyncSubscriptionEnd, WithTheClients) {
  for (const bool drain : {true, false}) {
    ScriptedServer server;
    server.set_default(stream_or_answer(confirmed + published("a")));
    AsyncRedis redis(quick_options(server));
    EventLog log;
    const AsyncSubscription handled = redis.subscribe({"chat"}, log.handlers());
    AsyncSubscription pulled = redis.subscribe("chat");
    pulled.confirmed().get();
    log.take(2);
    redis.close(drain);
    EXPECT_TRUE(holds(log.take(1).at(0), "the client was closed"));
    EXPECT_EQ(pulled.next().get()->payload, "a");
    EXPECT_THROW(pulled.next().get(), CancelledError);
    EXPECT_FALSE(handled.active());
    EXPECT_THROW(static_cast<void>(redis.subscribe("chat")), UsageError);
    server.wait_for_connections(0);
  }
}

TEST(AsyncSubscriptionEnd, WithTheClientsWhileAHandlerHoldsItUp) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed + published("a")));
  AsyncRedis redis(quick_options(server));
  std::promise<void> runs;
  std::promise<std::string> told;
  const AsyncSubscription subscription = redis.subscribe(
      {"chat"},
      {.on_message =
           [&](const Message&) {
             runs.set_value();
             try {
               while (true) static_cast<void>(redis.subscribe({"other"}));
             } catch (const UsageError&) {
               std::this_thread::sleep_for(20ms);  // now the client is being closed
             }
           },
       .on_error = [&](const Error& error) { told.set_value(error.what()); }});
  runs.get_future().wait();
  redis.close();
  EXPECT_TRUE(holds(told.get_future().get(), "the client was closed"));
}

TEST(AsyncSubscriptionEnd, DestroyedInEitherOrderAtAnyTime) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed + published("a")));
  for (int round = 0; round < 60; ++round) {
    std::optional<AsyncRedis> redis(std::in_place, quick_options(server));
    EventLog log;
    std::optional<AsyncSubscription> subscription(redis->subscribe({"chat"}, log.handlers()));
    AsyncSubscription pulled = redis->subscribe("chat");
    auto next = pulled.next();
    if (round % 3 == 0) subscription->confirmed().wait();
    if (round % 3 == 1) log.take(1);
    if (round % 2 == 0) {
      redis.reset();
      EXPECT_TRUE(next.ready());
      subscription.reset();
    } else {
      subscription.reset();
      redis.reset();
    }
  }
}

TEST(AsyncSubscriptionEnd, InsideAHandler) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed + published("a") + published("b")));
  for (const bool on_executor : {false, true}) {
    WorkerThread worker;
    ClientOptions options = quick_options(server);
    if (on_executor) options.executor = [&](std::function<void()> task) { worker.post(std::move(task)); };
    struct Everything {
      std::optional<AsyncRedis> redis;
      std::optional<AsyncSubscription> subscription;
    };
    auto everything = std::make_shared<Everything>();
    everything->redis.emplace(options);
    std::promise<void> assigned;
    std::promise<void> ended;
    std::atomic<int> calls = 0;
    everything->subscription = everything->redis->subscribe(
        {"chat"}, {.on_message = [&, everything, ready = assigned.get_future().share()](const Message&) {
          ++calls;
          ready.wait();
          everything->subscription.reset();
          everything->redis.reset();
          ended.set_value();
        }});
    const std::weak_ptr<Everything> watch = everything;
    everything.reset();
    assigned.set_value();
    ended.get_future().wait();
    server.wait_for_connections(0);
    EXPECT_EQ(calls, 1);
    while (!watch.expired()) std::this_thread::yield();
  }
}

TEST(AsyncSubscriptionEnd, UnsubscribeWaitsForTheHandlerThatRuns) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed + published("a") + published("b")));
  const AsyncRedis redis(quick_options(server));
  std::promise<void> runs;
  std::promise<void> go_on;
  std::atomic<bool> done = false;
  AsyncSubscription subscription = redis.subscribe({"chat"}, {.on_message = [&](const Message&) {
                                                     runs.set_value();
                                                     go_on.get_future().wait();
                                                     done = true;
                                                   }});
  runs.get_future().wait();
  std::jthread later([&] {
    std::this_thread::sleep_for(20ms);
    go_on.set_value();
  });
  subscription.unsubscribe();
  EXPECT_TRUE(done);
}

TEST(AsyncSubscriptionEnd, ACoroutineThatWaitsGoesOn) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed));
  std::promise<std::string> result;
  const auto coroutine = [](AsyncSubscription subscription, auto& told) -> Task {
    try {
      co_await subscription.next();
    } catch (const CancelledError& error) {
      told.set_value(error.what());
    }
  };
  {
    const AsyncRedis redis(quick_options(server));
    coroutine(redis.subscribe("chat"), result);
    server.wait_for_requests(1);
  }
  EXPECT_TRUE(holds(result.get_future().get(), "the client was closed"));
}

TEST(AsyncSubscriptionFork, TheParentsGoesOnThereAlone) {
  ScriptedServer server;
  server.set_default(stream_or_answer(confirmed));
  std::optional<AsyncRedis> redis(std::in_place, quick_options(server));
  std::optional<AsyncSubscription> subscription(redis->subscribe("chat"));
  subscription->confirmed().get();
  EXPECT_EQ(
      result_in_child([&] {
        int result = subscription->active() ? 100 : 1;
        try {
          static_cast<void>(subscription->next());
        } catch (const CancelledError&) {
          result += 2;
        }
        AsyncSubscription own = redis->subscribe("chat");
        own.confirmed().get();
        result += 4;
        subscription.reset();
        redis.reset();
        return result;
      }),
      7);
  server.push(published("a"));
  EXPECT_EQ(subscription->next().get()->payload, "a");
}

}  // namespace
}  // namespace upstash::test
