#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "bare_client.hpp"
#include "cases.hpp"
#include "small_value.hpp"

namespace upstash::bench {

namespace {

std::vector<Row> sync_get(const std::string& name, const Effort& effort) {
  CannedServer server(small_result);
  Redis redis(options_for(server));
  BareEasy bare(server.url(), bare_get());
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) {
        while (count-- > 0) check_small(redis.get("key"));
      },
      [&](std::int64_t count) {
        while (count-- > 0) bare.perform();
      });
  Row row = rate_row(name, "GET/s", 1, comparison);
  row.budget = ratio_at_most(1.15);
  return {row};
}

/// The caller's thread waits for each; the client's own thread sends it.
std::vector<Row> async_get(const std::string& name, const Effort& effort) {
  CannedServer server(small_result);
  const AsyncRedis redis(options_for(server));
  BareMulti bare(server.url(), bare_get(), 1, 1);
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) {
        while (count-- > 0) check_small(redis.get("key").get());
      },
      [&](std::int64_t count) { bare.perform(count); });
  return {rate_row(name, "GET/s", 1, comparison)};
}

}  // namespace

std::vector<Case> get_cases() { return {{"sync GET", sync_get}, {"async GET, each waited for", async_get}}; }

}  // namespace upstash::bench
