#include <cmath>
#include <coroutine>
#include <exception>
#include <latch>
#include <memory>

#include <upstash/async_redis.hpp>

#include "bare_client.hpp"
#include "cases.hpp"
#include "small_value.hpp"

namespace upstash::bench {

namespace {

/// A coroutine that runs by itself. An exception in it ends the program.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

Detached get_in_turn(const AsyncRedis* redis, std::int64_t count, std::shared_ptr<std::latch> all) {
  while (count-- > 0) check_small(co_await redis->get("key"));
  all->count_down();
}

/// So many coroutines read one value after the other; the next call is made as soon as the reply is there.
void get_in_coroutines(const AsyncRedis& redis, std::int64_t in_flight, std::int64_t count_of_each) {
  const auto all = std::make_shared<std::latch>(in_flight);
  for (std::int64_t i = 0; i < in_flight; ++i) get_in_turn(&redis, count_of_each, all);
  all->wait();
}

/// The caller's thread makes so many calls and then waits for them, again and again.
void get_in_waves(const AsyncRedis& redis, std::int64_t in_flight, std::int64_t waves) {
  std::vector<Future<std::optional<std::string>>> futures;
  futures.reserve(static_cast<std::size_t>(in_flight));
  while (waves-- > 0) {
    futures.clear();
    for (std::int64_t i = 0; i < in_flight; ++i) futures.push_back(redis.get("key"));
    for (auto& future : futures) check_small(future.get());
  }
}

using Gets = void(const AsyncRedis& redis, std::int64_t in_flight, std::int64_t times);

/// The bare counterpart sends all commands that are in flight in one request, and then the next so many.
std::vector<Row> with_auto_pipelining(
    const std::string& name, const Effort& effort, std::int64_t in_flight, Gets& gets) {
  CannedServer server(small_result, in_flight);
  const AsyncRedis redis(options_for(server));
  BareMulti bare(server.url(), in_flight > 1 ? bare_pipeline(in_flight) : bare_get(), 1, 1);
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) { gets(redis, in_flight, count); },
      [&](std::int64_t count) { bare.perform(count); });
  const auto commands = static_cast<double>(in_flight);
  Row row = rate_row(name, "commands/s", commands, comparison);
  if (in_flight >= 1000) row.budget = value_at_least(500'000);
  const std::int64_t per_request = std::llround(commands / comparison.requests.value.library);
  row.note = per_request == 1 ? "" : grouped(per_request) + " commands a request";
  return {row};
}

std::vector<Row> without_auto_pipelining(
    const std::string& name, const Effort& effort, std::int64_t in_flight) {
  CannedServer server(small_result);
  ClientOptions options = options_for(server);
  options.auto_pipelining = false;
  const AsyncRedis redis(options);
  BareMulti bare(server.url(), bare_get(), in_flight, static_cast<long>(options.max_idle_connections));
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) { get_in_coroutines(redis, in_flight, count); },
      [&](std::int64_t count) { bare.perform(count * in_flight); });
  return {rate_row(name, "commands/s", static_cast<double>(in_flight), comparison)};
}

}  // namespace

std::vector<Case> in_flight_cases() {
  std::vector<Case> cases;
  for (const std::int64_t in_flight : {1, 32, 1000}) {
    const std::string name = "async GET, " + grouped(in_flight) + " in flight";
    cases.push_back({name, [=](const std::string& row_name, const Effort& effort) {
                       return with_auto_pipelining(row_name, effort, in_flight, get_in_coroutines);
                     }});
    cases.push_back({name + ", a request each", [=](const std::string& row_name, const Effort& effort) {
                       return without_auto_pipelining(row_name, effort, in_flight);
                     }});
  }
  cases.push_back(
      {"async GET, 1,000 at a time from one thread", [](const std::string& row_name, const Effort& effort) {
         return with_auto_pipelining(row_name, effort, 1000, get_in_waves);
       }});
  return cases;
}

}  // namespace upstash::bench
