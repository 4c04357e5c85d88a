// AsyncRedis: its end, callbacks, coroutines, executors.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <csignal>
#include <deque>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <upstash/async_redis.hpp>

#include "answer_each.hpp"
#include "client_for.hpp"
#include "coroutine_task.hpp"
#include "result_in_child.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"
#include "worker_thread.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

ClientOptions plain_options(const ScriptedServer& server) {
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  return options;
}

TEST(AsyncEnd, WithTenThousandCommandsOpenEachIsCompleted) {
  for (const bool gather : {true, false}) {
    ScriptedServer server;
    server.set_default(stall());
    ClientOptions options = plain_options(server);
    options.auto_pipelining = gather;
    std::vector<Future<std::int64_t>> futures;
    std::atomic<int> called = 0;
    {
      const AsyncRedis redis(options);
      futures.push_back(redis.execute(incr("n")));
      server.wait_for_requests(1);
      for (int i = 0; i < 10'000; ++i) {
        futures.push_back(redis.execute(incr("n")).then([&](Result<std::int64_t> r) {
          ++called;
          return r.value();
        }));
      }
    }
    EXPECT_EQ(called, 10'000);
    EXPECT_EQ(thrown_by<CancelledError>([&] { futures.front().get(); }).outcome(), Outcome::unknown);
    for (std::size_t i = 1; i < futures.size(); ++i) {
      ASSERT_TRUE(futures[i].ready());
      EXPECT_THROW(futures[i].get(), CancelledError);
    }
  }
}

TEST(AsyncEnd, WithoutHavingBeenUsed) {
  ScriptedServer server;
  AsyncRedis redis(plain_options(server));
  redis.close();
  EXPECT_THROW(static_cast<void>(redis.execute(get("k"))), UsageError);
}

TEST(AsyncEnd, InsideACallback) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  auto redis = std::make_unique<AsyncRedis>(plain_options(server));
  auto first = redis->execute(incr("n")).then([&](Result<std::int64_t> r) {
    redis.reset();
    return r.value();
  });
  server.wait_for_requests(1);
  server.enqueue(stall());
  std::vector<Future<std::int64_t>> others;
  for (int i = 0; i < 100; ++i) others.push_back(redis->execute(incr("n")));
  server.release();
  EXPECT_EQ(first.get(), 1);
  for (auto& other : others) EXPECT_THROW(other.get(), CancelledError);
}

TEST(AsyncEnd, RacesWithCompletion) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  for (int round = 0; round < 50; ++round) {
    Future<std::int64_t> future;
    {
      const AsyncRedis redis(plain_options(server));
      future = redis.execute(incr("n"));
    }
    try {
      EXPECT_EQ(future.get(), 1);
    } catch (const CancelledError&) {
    }
  }
}

TEST(AsyncEnd, CloseWaitsForWhatIsOnItsWay) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  server.set_default(answer_each("2"));
  AsyncRedis redis(plain_options(server));
  std::atomic<bool> refused = false;
  auto first = redis.execute(incr("n")).then([&](Result<std::int64_t>) {
    try {
      static_cast<void>(redis.execute(incr("n")));
    } catch (const UsageError&) {
      refused = true;
    }
  });
  server.wait_for_requests(1);
  auto second = redis.execute(incr("n"));
  auto third = redis.execute(incr("n"));
  std::jthread closer([&] { redis.close(); });
  try {
    while (true) static_cast<void>(redis.execute(incr("probe")));
  } catch (const UsageError&) {
    // Now the client is being closed.
  }
  EXPECT_FALSE(second.ready());
  server.release();
  closer.join();
  EXPECT_TRUE(first.ready());
  EXPECT_TRUE(refused);
  EXPECT_EQ(second.get(), 2);
  EXPECT_EQ(third.get(), 2);
}

TEST(AsyncEnd, CloseWithoutDrainCancels) {
  ScriptedServer server;
  server.set_default(stall());
  AsyncRedis redis(plain_options(server));
  auto future = redis.execute(incr("n"));
  server.wait_for_requests(1);
  redis.close(false);
  EXPECT_TRUE(future.ready());
  EXPECT_THROW(future.get(), CancelledError);
  redis.close();
}

TEST(AsyncCallback, ThatThrowsLeavesTheClientAlone) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  const AsyncRedis redis(plain_options(server));
  auto thrown = redis.execute(incr("n")).then([](Result<std::int64_t>) { throw std::runtime_error("mine"); });
  EXPECT_THROW(thrown.get(), std::runtime_error);
  static_cast<void>(redis.execute(incr("n")).then([](Result<std::int64_t>) { throw 1; }));
  EXPECT_EQ(redis.execute(incr("n")).get(), 1);
}

TEST(AsyncCallback, MustNotWaitForTheClient) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  server.set_default(answer_each("1"));
  AsyncRedis redis(plain_options(server));
  // Before its result is there: else the callback would run here, and might wait.
  auto waited =
      redis.execute(incr("n")).then([&](Result<std::int64_t>) { return redis.execute(incr("n")).get(); });
  auto closed = redis.execute(incr("n")).then([&](Result<std::int64_t>) { redis.close(); });
  server.wait_for_requests(1);
  server.release();
  EXPECT_THROW(waited.get(), UsageError);
  EXPECT_THROW(closed.get(), UsageError);
}

TEST(AsyncCallback, TheThreadTakesNoSignals) {
  ScriptedServer server;
  server.set_default(stall(answer_json("1")));
  const AsyncRedis redis(plain_options(server));
  auto raised = redis.execute(incr("n")).then([](Result<std::int64_t> result) {
    // Unblocked, each of them would end this program.
    for (const int signal : {SIGPIPE, SIGTERM, SIGALRM}) ::pthread_kill(::pthread_self(), signal);
    return result.value();
  });
  server.wait_for_requests(1);
  server.release();
  EXPECT_EQ(raised.get(), 1);
}

TEST(AsyncCallback, RunsOnTheExecutor) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  WorkerThread worker;
  ClientOptions options = plain_options(server);
  options.executor = [&](std::function<void()> task) { worker.post(std::move(task)); };
  const AsyncRedis redis(options);
  auto where = redis.execute(incr("n")).then([&](Result<std::int64_t>) {
    redis.execute(incr("n")).get();  // there one may wait
    return std::this_thread::get_id();
  });
  EXPECT_EQ(where.get(), worker.id());
}

TEST(AsyncCallback, CoroutinesGoOn) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  const AsyncRedis redis(plain_options(server));
  std::promise<std::int64_t> sum;
  const auto coroutine = [](const AsyncRedis& client, std::promise<std::int64_t>& result) -> Task {
    std::int64_t total = 0;
    for (int i = 0; i < 50; ++i) total += co_await client.execute(incr("n"));
    try {
      co_await client.with({.timeout = 1h}).execute(set("k", 1));
    } catch (const ProtocolError&) {
      total += 100;
    }
    result.set_value(total);
  };
  coroutine(redis, sum);
  EXPECT_EQ(sum.get_future().get(), 150);
}

}  // namespace
}  // namespace upstash::test
