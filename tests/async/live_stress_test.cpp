// AsyncRedis against a real Redis: whose reply is whose, in what order commands are carried out, and what cut-off
// connections do to them.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "cutting_proxy.hpp"
#include "local_server.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

constexpr int threads = 8;

template <class Work>
void on_all_threads(const Work& work) {
  std::vector<std::jthread> workers;
  for (int thread = 0; thread < threads; ++thread) workers.emplace_back([&work, thread] { work(thread); });
}

TEST(LiveAsync, TenThousandCommandsInFlightFromEightThreads) {
  const LocalServer server;
  for (const bool gather : {true, false}) {
    const AsyncRedis redis{
        ClientOptions{.url = server.url(), .token = server.token(), .auto_pipelining = gather}};
    constexpr int calls = 10'000 / threads;
    const std::string list = gather ? "gathered" : "single";
    std::array<std::vector<std::int64_t>, threads> lengths;
    on_all_threads([&](int thread) {
      std::vector<Future<std::int64_t>> futures;
      for (int call = 0; call < calls; ++call) {
        futures.push_back(redis.rpush(list, {std::to_string(thread) + "-" + std::to_string(call)}));
      }
      for (auto& future : futures) lengths.at(static_cast<std::size_t>(thread)).push_back(future.get());
    });
    const auto elements = redis.lrange(list, 0, -1).get();
    ASSERT_EQ(elements.size(), static_cast<std::size_t>(calls * threads));
    for (int thread = 0; thread < threads; ++thread) {
      std::int64_t last = 0;
      for (int call = 0; call < calls; ++call) {
        const auto length = lengths.at(static_cast<std::size_t>(thread)).at(static_cast<std::size_t>(call));
        // The reply says where the element went.
        ASSERT_EQ(
            elements.at(static_cast<std::size_t>(length - 1)),
            std::to_string(thread) + "-" + std::to_string(call));
        if (gather) {
          ASSERT_GT(length, last);
        }
        last = length;
      }
    }
  }
}

std::uint32_t seed() {
  static const std::uint32_t chosen = std::random_device()();
  return chosen;
}

/// What became of many INCRs of one key.
class Tally {
 public:
  void count(std::int64_t result) {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(results_.insert(result).second) << result << " came twice";
  }
  void count(const TransportError& error) {
    const std::lock_guard lock(mutex_);
    ++(error.outcome() == Outcome::unknown ? unknown_ : not_executed_);
  }
  void check(std::int64_t final_value) const {
    const auto successes = static_cast<std::int64_t>(results_.size());
    EXPECT_GE(final_value, successes);
    EXPECT_LE(final_value, successes + unknown_);
    EXPECT_GT(unknown_, 0);
    if (!results_.empty()) {
      EXPECT_LE(*results_.rbegin(), final_value);
    }
    EXPECT_GT(successes, unknown_);
  }
  [[nodiscard]] std::int64_t not_executed() const { return not_executed_; }

 private:
  std::mutex mutex_;
  std::set<std::int64_t> results_;
  std::int64_t unknown_ = 0;
  std::int64_t not_executed_ = 0;
};

class LiveCutOff : public ::testing::Test {
 protected:
  LiveCutOff() : trace_(__FILE__, __LINE__, "seed " + std::to_string(seed())) {}

  [[nodiscard]] ClientOptions options() const {
    return {
        .url = proxy_.url(),
        .token = server_.token(),
        .rest_retries = 1000,
        .rest_retry_interval = 1ms,
        .max_idle_connections = 8};
  }
  [[nodiscard]] std::int64_t final_value() const {
    const Redis redis{ClientOptions{.url = server_.url(), .token = server_.token()}};
    return std::stoll(redis.get("n").value_or("0"));
  }
  /// Issues INCRs with a few at a time on their way, and SETs, which must all succeed. Some INCRs are in a hurry, and
  /// some are stopped.
  void issue(const AsyncRedis& redis, int thread, Tally& tally) const {
    constexpr int calls = 500;
    constexpr std::size_t window = 5;
    std::mt19937 random(seed() + static_cast<std::uint32_t>(thread));
    std::deque<Future<std::int64_t>> increments;
    std::deque<Future<bool>> sets;
    const auto take_one = [&] {
      try {
        tally.count(increments.front().get());
      } catch (const TransportError& error) {
        tally.count(error);
      }
      increments.pop_front();
      EXPECT_TRUE(sets.front().get());
      sets.pop_front();
    };
    for (int call = 0; call < calls; ++call) {
      std::stop_source stop;
      CallOptions settings;
      const auto luck = random() % 20;
      if (luck == 0) settings.timeout = std::chrono::milliseconds(1 + random() % 3);
      if (luck == 1) settings.stop_token = stop.get_token();
      increments.push_back(redis.with(settings).incr("n"));
      sets.push_back(redis.set("k" + std::to_string(thread), call));
      if (luck == 1) stop.request_stop();
      if (increments.size() == window) take_one();
    }
    while (!increments.empty()) take_one();
  }

  const ::testing::ScopedTrace trace_;
  const LocalServer server_;
  const CuttingProxy proxy_{server_.url(), seed(), 5};
};

TEST_F(LiveCutOff, NothingIsAppliedTwice) {
  for (const bool gather : {true, false}) {
    ClientOptions settings = options();
    settings.auto_pipelining = gather;
    Tally tally;
    {
      const AsyncRedis redis(settings);
      on_all_threads([&](int thread) { issue(redis, thread, tally); });
    }
    EXPECT_GT(proxy_.cuts(), 0U);
    EXPECT_GT(tally.not_executed(), 0);
    tally.check(final_value());
    Redis{ClientOptions{.url = server_.url(), .token = server_.token()}}.del("n");
  }
}

TEST_F(LiveCutOff, NothingIsAppliedTwiceByTheSynchronousClient) {
  const Redis redis(options());
  Tally tally;
  on_all_threads([&](int thread) {
    for (int call = 0; call < 100; ++call) {
      try {
        tally.count(redis.incr("n"));
      } catch (const TransportError& error) {
        tally.count(error);
      }
      EXPECT_TRUE(redis.set("k" + std::to_string(thread), call));
    }
  });
  EXPECT_GT(proxy_.cuts(), 0U);
  tally.check(final_value());
}

}  // namespace
}  // namespace upstash::test
