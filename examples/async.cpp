// How many beans are in the jar? A thousand seats guess at once, and the closest three are on the screen right away.
// Needs UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN, of a database or of the local server.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <upstash/async_redis.hpp>

#include "task.hpp"

namespace {

using namespace std::chrono_literals;
using upstash::AsyncRedis;
using upstash::Future;
using upstash::Result;
using upstash::SetCondition;
using upstash::when_all;
namespace cmd = upstash::cmd;

constexpr int seats = 1000;
constexpr int beans = 1234;
constexpr auto ranking = "jar:ranking";

std::string guess_of(int seat) { return "jar:guess:" + std::to_string(seat); }

/// A call per seat, as from a thousand handlers that know nothing of each other.
Future<std::vector<bool>> guess_all(const AsyncRedis& redis) {
  std::vector<Future<bool>> accepted;
  for (int seat = 0; seat < seats; ++seat) {
    const int guess = 500 + 3 * (7 * seat % seats);
    accepted.push_back(redis.set(guess_of(seat), guess, {.expiry = 10min, .condition = SetCondition::nx}));
  }
  return when_all(std::move(accepted));
}

/// A callback takes the value or the error; what it returns is the next future's.
Future<std::string> guess_again(const AsyncRedis& redis, int seat) {
  return redis.set(guess_of(seat), beans, {.condition = SetCondition::nx})
      .then([](Result<bool> accepted) -> std::string {
        if (const upstash::Error* const error = accepted.error()) return error->what();
        return accepted.value() ? "yes" : "no, one guess each";
      });
}

/// A coroutine reads like code that waits, but no thread does.
Task<std::int64_t> rank(AsyncRedis redis) {
  std::vector<Future<std::optional<std::string>>> guesses;
  guesses.reserve(seats);
  for (int seat = 0; seat < seats; ++seat) guesses.push_back(redis.get(guess_of(seat)));

  std::vector<upstash::ScoredMember> misses;
  for (int seat = 0; const auto& guess : co_await when_all(std::move(guesses))) {
    misses.push_back({"seat " + std::to_string(seat++), std::abs(std::stod(guess.value()) - beans)});
  }
  const auto [removed, added, expires] =
      co_await redis.transaction(cmd::del(ranking), cmd::zadd(ranking, misses), cmd::expire(ranking, 10min));
  co_return added;
}

/// Errors of what is awaited are exceptions, here those of a call that is not worth its wait.
Task<std::string> screen(AsyncRedis redis) {
  std::ostringstream text;
  try {
    const auto [all, closest] =
        co_await when_all(redis.zcard(ranking), redis.zrange_withscores(ranking, 0, 2));
    for (const auto& [seat, miss] : closest) text << seat << " (off by " << miss << "), ";
    text << "of " << all;
  } catch (const upstash::TimeoutError&) {
    text << "no ranking yet";
  } catch (const upstash::CancelledError&) {
    text << "nobody looks";
  }
  co_return text.str();
}

}  // namespace

int main() try {
  std::atomic<int> requests = 0;
  const auto redis = AsyncRedis::from_env({.observer = [&](const upstash::RequestInfo&) { ++requests; }});

  const auto accepted = guess_all(redis).get();
  std::cout << std::ranges::count(accepted, true) << " guesses came in, requests: " << requests.exchange(0)
            << '\n';
  std::cout << "May seat 7 guess again? " << guess_again(redis, 7).get() << '\n';

  requests = 0;
  std::cout << sync_wait(rank(redis)) << " guesses read and ranked, requests: " << requests << '\n';

  std::stop_source viewer;
  const auto for_viewer = redis.with({.timeout = 10s, .stop_token = viewer.get_token()});
  std::cout << "On the screen: " << sync_wait(screen(for_viewer)) << '\n';
  viewer.request_stop();
  std::cout << "When the viewer has left: " << sync_wait(screen(for_viewer)) << '\n';

  std::vector<std::string> keys{ranking};
  for (int seat = 0; seat < seats; ++seat) keys.push_back(guess_of(seat));
  std::cout << redis.del(keys).get() << " keys removed\n";
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
