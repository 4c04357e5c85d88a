// AsyncRedis and fork(): the child starts afresh, the parent goes on, neither hangs.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

#include <upstash/async_redis.hpp>

#include "answer_each.hpp"
#include "client_for.hpp"
#include "is_sanitized.hpp"
#include "result_in_child.hpp"
#include "sample_commands.hpp"
#include "scripted_server.hpp"

namespace {

const pid_t test_process = ::getpid();

}  // namespace

/// Asked by LeakSanitizer. In a child, what only the parent's threads know of is no leak.
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off() { return ::getpid() != test_process ? 1 : 0; }

namespace upstash::test {
namespace {

ClientOptions plain_options(const ScriptedServer& server) {
  ClientOptions options = options_for(server);
  options.rest_encoding = Encoding::none;
  return options;
}

TEST(AsyncFork, TheChildStartsAfresh) {
  ScriptedServer server;
  server.set_default(answer_each("7"));
  auto redis = std::make_unique<AsyncRedis>(plain_options(server));
  EXPECT_EQ(redis->execute(incr("n")).get(), 7);
  EXPECT_EQ(
      result_in_child([&] {
        const auto result = static_cast<int>(redis->execute(incr("child")).get());
        redis.reset();
        return result;
      }),
      7);
  EXPECT_EQ(
      result_in_child([&] {
        redis.reset();  // without having been used there
        return 1;
      }),
      1);
  EXPECT_EQ(redis->execute(incr("n")).get(), 7);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[1].connection, 1);
  EXPECT_EQ(requests[2].connection, 0);
}

TEST(AsyncFork, AResultOfTheParentsCallsDoesNotComeInTheChild) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("5")));
  server.set_default(answer_each("7"));
  const AsyncRedis redis(plain_options(server));
  std::stop_source stop;
  auto future = redis.with({.stop_token = stop.get_token()}).execute(incr("n"));
  server.wait_for_requests(1);
  EXPECT_EQ(
      result_in_child([&] {
        stop.request_stop();
        const int fresh = static_cast<int>(redis.execute(incr("n")).get());
        try {
          future.get();
        } catch (const CancelledError&) {
          return fresh;
        }
        return 1;
      }),
      7);
  server.release();
  EXPECT_EQ(future.get(), 5);
}

TEST(AsyncFork, ThenAndCoAwaitOfTheParentsCallsEndWithAnError) {
  ScriptedServer server;
  server.enqueue(stall(answer_json("5")));
  const AsyncRedis redis(plain_options(server));
  auto future = redis.execute(incr("n"));
  server.wait_for_requests(1);
  EXPECT_EQ(
      result_in_child([&] {
        auto next = std::move(future).then([](Result<std::int64_t> result) {
          return dynamic_cast<const CancelledError*>(result.error()) != nullptr ? 3 : 4;
        });
        return next.ready() ? next.get() : 5;
      }),
      3);
  EXPECT_EQ(
      result_in_child([&] {
        std::vector<Future<std::int64_t>> both;
        both.push_back(redis.execute(incr("n")));
        both.push_back(std::move(future));
        try {
          static_cast<void>(when_all(std::move(both)).get());
        } catch (const CancelledError&) {
          return 3;
        } catch (const Error&) {
          return 4;
        }
        return 5;
      }),
      4);  // the first one's error: the server has no more replies
  server.release();
  EXPECT_EQ(future.get(), 5);
}

TEST(AsyncFork, WhileOtherThreadsAreAtWorkTheChildNeverHangs) {
  if (is_sanitized)
    GTEST_SKIP() << "a sanitizer's allocator may be locked at the fork, and stays so in the child";
  ScriptedServer server;
  server.set_default(answer_each("7"));
  for (const bool gather : {true, false}) {
    ClientOptions options = plain_options(server);
    options.auto_pipelining = gather;
    auto redis = std::make_unique<AsyncRedis>(options);
    std::atomic<bool> enough = false;
    std::vector<std::jthread> workers;
    for (int i = 0; i < 2; ++i) {
      workers.emplace_back([&, handle = *redis] {
        while (!enough) {
          std::stop_source stop;
          std::vector<Future<std::int64_t>> futures;
          for (int call = 0; call < 20; ++call) {
            futures.push_back(handle.with({.stop_token = stop.get_token()}).execute(incr("n")));
          }
          for (auto& future : futures) EXPECT_EQ(future.get(), 7);
        }
      });
    }
    for (int round = 0; round < 20; ++round) {
      auto in_flight = redis->execute(incr("n"));
      EXPECT_EQ(
          result_in_child([&]() -> int {
            switch (round % 4) {
              case 0:
                return static_cast<int>(redis->execute(incr("child")).get());
              case 1: {
                const auto result = redis->execute(incr("child")).get();
                redis.reset();
                return static_cast<int>(result);
              }
              case 2:
                redis.reset();
                return 7;
              default:
                redis->close();
                return 7;
            }
          }),
          7);
      EXPECT_EQ(in_flight.get(), 7);
    }
    enough = true;
  }
}

TEST(AsyncFork, TheChildMayEndByExit) {
  ScriptedServer server;
  server.set_default(answer_each("7"));
  static std::unique_ptr<AsyncRedis> redis;
  redis = std::make_unique<AsyncRedis>(plain_options(server));
  EXPECT_EQ(redis->execute(incr("n")).get(), 7);
  for (const bool used : {true, false}) {
    EXPECT_EQ(
        result_in_child([&]() -> int {
          if (used) redis->execute(incr("n")).get();
          std::exit(static_cast<int>(9));
        }),
        9);
  }
  EXPECT_EQ(redis->execute(incr("n")).get(), 7);
  redis.reset();
}

TEST(AsyncFork, InACallbackTheChildMayUseTheClient) {
  ScriptedServer server;
  server.set_default(answer_each("7"));
  const AsyncRedis redis(plain_options(server));
  const auto result =
      redis.execute(incr("n"))
          .then([&](Result<std::int64_t>) {
            return result_in_child([&] { return static_cast<int>(redis.execute(incr("child")).get()); });
          })
          .get();
  EXPECT_EQ(result, 7);
  EXPECT_EQ(redis.execute(incr("n")).get(), 7);
}

TEST(AsyncFork, InACallbackFromWhichTheChildReturnsItLeavesTheParentsCallsAlone) {
  if (has_tsan) GTEST_SKIP() << "in a forked child ThreadSanitizer cannot end the thread";
  ScriptedServer server;
  server.enqueue(stall(answer_json("7")));
  server.set_default(answer_each("7"));
  AsyncRedis redis(plain_options(server));
  auto forked = redis.execute(incr("n")).then([](Result<std::int64_t>) {
    const pid_t child = ::fork();
    if (child == 0) ::alarm(20);
    return child;
  });
  server.wait_for_requests(1);
  std::vector<Future<std::int64_t>> others;
  for (int i = 0; i < 10; ++i) others.push_back(redis.execute(incr("n")));
  server.release();
  int status = -1;
  ASSERT_GT(::waitpid(forked.get(), &status, 0), 0);
  EXPECT_EQ(status, 0);
  for (auto& other : others) EXPECT_EQ(other.get(), 7);
  EXPECT_EQ(redis.execute(incr("n")).get(), 7);
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(server.connections_accepted(), 1U);
}

}  // namespace
}  // namespace upstash::test
