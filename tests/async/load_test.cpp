// AsyncRedis under load: what it takes, how much at a time, and what ends while it is at work.
#include <gtest/gtest.h>
#include <malloc.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <deque>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <upstash/async_redis.hpp>

#include "answer_each.hpp"
#include "client_for.hpp"
#include "is_sanitized.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

// Under sanitizers, which are slow and have an allocator of their own, fewer will do.
constexpr std::size_t very_many = is_sanitized ? 20'000 : 100'000;
constexpr std::size_t many = very_many / 10;

ClientOptions plain_options(const ScriptedServer& server) {
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  return options;
}

/// What this process has computed, whatever else the machine does.
double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// One command, which keeps the only connection busy, and many behind it.
std::vector<Future<std::int64_t>> behind_a_stalled_one(
    ScriptedServer& server, const AsyncRedis& redis, std::size_t count) {
  std::vector<Future<std::int64_t>> futures;
  futures.reserve(count);
  const std::size_t seen = server.requests().size();
  server.enqueue(stall(answer_json("1")));
  futures.push_back(redis.execute(incr("n")));
  server.wait_for_requests(seen + 1);
  while (futures.size() < count) futures.push_back(redis.execute(incr("n")));
  return futures;
}

TEST(AsyncLoad, MemoryAndTimeAreProportionalToWhatIsInFlight) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  const AsyncRedis redis(plain_options(server));
  const auto seconds_for = [&](std::size_t count) {
    const double start = cpu_seconds();
    auto futures = behind_a_stalled_one(server, redis, count);
    server.release();
    for (auto& future : futures) EXPECT_EQ(future.get(), 1);
    return cpu_seconds() - start;
  };
  const double seconds = seconds_for(many);
  EXPECT_LT(seconds_for(very_many), 40 * seconds);  // what is quadratic would take 100 times as long

  const std::size_t before = ::mallinfo2().uordblks;
  auto futures = behind_a_stalled_one(server, redis, very_many);
  const std::size_t each = (::mallinfo2().uordblks - before) / futures.size();
  if (!is_sanitized) {
    EXPECT_GT(each, 200U);
    EXPECT_LT(each, 1200U);
  }
  RecordProperty("bytes_per_command", std::to_string(each));
  server.release();
  for (auto& future : futures) future.get();
}

TEST(AsyncLoad, OneTokenStopsAsManyAsThereAre) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  const AsyncRedis redis(plain_options(server));
  const auto seconds_for = [&](std::size_t count) {
    std::stop_source stop;
    auto futures = behind_a_stalled_one(server, redis.with({.stop_token = stop.get_token()}), count);
    const double start = cpu_seconds();
    stop.request_stop();
    for (auto& future : futures) EXPECT_THROW(future.get(), CancelledError);
    return cpu_seconds() - start;
  };
  const double seconds = seconds_for(many);
  EXPECT_LT(seconds_for(very_many), 40 * seconds);
  EXPECT_EQ(redis.execute(incr("n")).get(), 1);
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST(AsyncLoad, ConnectionsAreBounded) {
  ScriptedServer server;
  server.set_default(stall(answer_json("1")));
  ClientOptions options = plain_options(server);
  options.auto_pipelining = false;
  const AsyncRedis redis(options);
  std::vector<Future<std::int64_t>> futures;
  for (int i = 0; i < 1000; ++i) futures.push_back(redis.execute(incr("n")));
  server.wait_for_requests(options.max_idle_connections);
  server.set_default(answer_json("1"));
  server.release();
  for (auto& future : futures) EXPECT_EQ(future.get(), 1);
  EXPECT_EQ(server.connections_accepted(), options.max_idle_connections);
  EXPECT_EQ(server.requests().size(), 1000U);
}

TEST(AsyncLoad, TheWaitForAConnectionIsNoTimeSpentConnecting) {
  ScriptedServer server;
  server.enqueue(stall(answer_and_close(200, R"({"result":1})")));
  server.set_default(answer_json("2"));
  ClientOptions options = plain_options(server);
  options.auto_pipelining = false;
  options.max_idle_connections = 1;
  options.connect_timeout = 200ms;
  options.rest_retries = 0;
  const AsyncRedis redis(options);
  auto first = redis.execute(incr("n"));
  server.wait_for_requests(1);
  auto second = redis.execute(incr("n"));
  EXPECT_THROW(redis.with({.timeout = 300ms}).execute(incr("n")).get(), TimeoutError);
  server.release();
  EXPECT_EQ(first.get(), 1);
  EXPECT_EQ(second.get(), 2);
}

TEST(AsyncLoad, ACallbackThatBlocksHoldsTheOthersUpAndNoMore) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("1")));
  server.set_default(answer_each("1"));
  const AsyncRedis redis(plain_options(server));
  std::latch entered(1);
  std::latch leave(1);
  auto blocked = redis.execute(incr("n")).then([&](Result<std::int64_t>) {
    entered.count_down();
    leave.wait();
  });
  server.wait_for_requests(1);
  server.release();
  entered.wait();
  std::vector<Future<std::int64_t>> others;
  for (int i = 0; i < 100; ++i) others.push_back(redis.execute(incr("n")));
  EXPECT_FALSE(others.back().wait_for(10ms));
  leave.count_down();
  blocked.get();
  for (auto& other : others) EXPECT_EQ(other.get(), 1);
}

/// What happens to a client while other threads use it.
using Ending = std::function<void(std::unique_ptr<AsyncRedis>&)>;

/// Threads issue commands of all kinds, each through a handle of its own, and do to the futures whatever one can.
void end_under_load(const Ending& ending, bool gather, std::uint32_t seed) {
  ScriptedServer server;
  server.set_default(answer_each("1"));
  ClientOptions options = plain_options(server);
  options.auto_pipelining = gather;
  auto redis = std::make_unique<AsyncRedis>(options);
  constexpr int threads = 4;
  std::latch started(threads + 1);
  std::atomic<int> issued = 0;
  std::atomic<int> called = 0;
  {
    std::vector<std::jthread> workers;
    for (int thread = 0; thread < threads; ++thread) {
      workers.emplace_back([&, thread, handle = std::optional<AsyncRedis>(*redis)]() mutable {
        std::mt19937 random(seed + static_cast<std::uint32_t>(thread));
        std::stop_source stop;
        const AsyncRedis stoppable = handle->with({.stop_token = stop.get_token()});
        std::vector<Future<std::int64_t>> kept;
        std::vector<Future<std::int64_t>> to_gather;
        started.arrive_and_wait();
        try {
          for (int call = 0; call < 300; ++call) {
            auto future = (random() % 2 == 0 ? stoppable : *handle).execute(incr("n"));
            switch (random() % 5) {
              case 0:
                break;  // dropped
              case 1:
                to_gather.push_back(std::move(future));
                break;
              case 2:
                ++issued;
                kept.push_back(std::move(future).then([&called](Result<std::int64_t> result) {
                  ++called;
                  return result.value();
                }));
                break;
              case 3:
                kept.push_back(std::move(future).then([](Result<std::int64_t>) -> std::int64_t { throw 1; }));
                break;
              default:
                kept.push_back(std::move(future));
            }
            if (call == 200) stop.request_stop();
          }
        } catch (const UsageError&) {
          // The client was closed.
        }
        auto all = when_all(std::move(to_gather));
        handle.reset();
        for (auto& future : kept) {
          try {
            EXPECT_EQ(future.get(), 1);
          } catch (const CancelledError&) {
          } catch (int) {
          }
        }
        try {
          static_cast<void>(all.get());
        } catch (const CancelledError&) {
        }
      });
    }
    started.arrive_and_wait();
    ending(redis);
  }
  redis.reset();
  EXPECT_EQ(called, issued);
}

class AsyncEndUnderLoad : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Gather, AsyncEndUnderLoad, ::testing::Bool());

TEST_P(AsyncEndUnderLoad, TheHandleGoes) {
  for (std::uint32_t round = 0; round < 10; ++round)
    end_under_load([](auto& redis) { redis.reset(); }, GetParam(), round);
}

TEST_P(AsyncEndUnderLoad, Close) {
  for (std::uint32_t round = 0; round < 10; ++round)
    end_under_load([](auto& redis) { redis->close(false); }, GetParam(), round);
}

TEST_P(AsyncEndUnderLoad, CloseThatDrains) {
  for (std::uint32_t round = 0; round < 10; ++round)
    end_under_load([](auto& redis) { redis->close(true); }, GetParam(), round);
}

TEST_P(AsyncEndUnderLoad, CloseTwiceAtOnce) {
  for (std::uint32_t round = 0; round < 10; ++round) {
    end_under_load(
        [](auto& redis) {
          const std::jthread other([&redis] { redis->close(true); });
          redis->close(false);
        },
        GetParam(),
        round);
  }
}

TEST(AsyncEndUnderLoad, TheLastHandleGoesInACallback) {
  for (int round = 0; round < 50; ++round) {
    ScriptedServer server;
    server.enqueue(stall(answer_each("1")));
    server.set_default(answer_each("1"));
    auto redis = std::make_unique<AsyncRedis>(plain_options(server));
    std::vector<Future<std::int64_t>> futures;
    for (int i = 0; i < 100; ++i) {
      futures.push_back(redis->execute(incr("n")).then([&redis, i, round](Result<std::int64_t> result) {
        if (i == round) redis.reset();
        return result.value();
      }));
    }
    server.wait_for_requests(1);
    server.release();
    for (auto& future : futures) {
      try {
        EXPECT_EQ(future.get(), 1);
      } catch (const CancelledError&) {
      }
    }
  }
}

TEST(AsyncEndUnderLoad, TheLastHandleGoesInATaskOfTheExecutor) {
  for (int round = 0; round < 50; ++round) {
    ScriptedServer server;
    server.set_default(answer_each("1"));
    std::mutex mutex;
    std::deque<std::function<void()>> tasks;
    ClientOptions options = plain_options(server);
    options.executor = [&](std::function<void()> task) {
      const std::lock_guard lock(mutex);
      tasks.push_back(std::move(task));
    };
    auto redis = std::make_unique<AsyncRedis>(options);
    std::atomic<int> called = 0;
    std::vector<Future<void>> futures;
    for (int i = 0; i < 100; ++i) {
      futures.push_back(redis->execute(incr("n")).then([&, i](Result<std::int64_t>) {
        ++called;
        if (i == round) redis.reset();
      }));
    }
    while (called < 100) {
      std::unique_lock lock(mutex);
      if (tasks.empty()) continue;
      const auto task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
    }
    for (auto& future : futures) EXPECT_TRUE(future.ready());
  }
}

}  // namespace
}  // namespace upstash::test
