#include <charconv>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "bare_client.hpp"
#include "cases.hpp"
#include "child.hpp"
#include "small_value.hpp"

namespace upstash::bench {

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

/// A value of so many zero bytes, encoded.
std::string result_of_size(std::size_t bytes) {
  constexpr std::array<std::string_view, 3> ends{"", "AA==", "AAA="};
  return '"' + std::string(bytes / 3 * 4, 'A').append(ends.at(bytes % 3)) + '"';
}

Row row_of(const std::string& name, std::size_t bytes, const Comparison& comparison) {
  Row row = rate_row(name, "MiB/s", static_cast<double>(bytes) / mib, comparison);
  if (bytes == 16 * mib) row.budget = ratio_at_most(1.5);
  return row;
}

void check_size(const std::optional<std::string>& value, std::size_t bytes) {
  if (!value || value->size() != bytes) throw std::runtime_error("a wrong reply");
}

std::vector<Row> sync_get(const std::string& name, const Effort& effort, std::size_t bytes) {
  CannedServer server(result_of_size(bytes));
  Redis redis(options_for(server));
  BareEasy bare(server.url(), bare_get());
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) {
        while (count-- > 0) check_size(redis.get("key"), bytes);
      },
      [&](std::int64_t count) {
        while (count-- > 0) bare.perform();
      });
  return {row_of(name, bytes, comparison)};
}

std::vector<Row> async_get(const std::string& name, const Effort& effort, std::size_t bytes) {
  CannedServer server(result_of_size(bytes));
  const AsyncRedis redis(options_for(server));
  BareMulti bare(server.url(), bare_get(), 1, 1);
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) {
        while (count-- > 0) check_size(redis.get("key").get(), bytes);
      },
      [&](std::int64_t count) { bare.perform(count); });
  return {row_of(name, bytes, comparison)};
}

/// What the program `peak_memory` tells.
double peak_memory(const std::string& client, const CannedServer& small, const CannedServer& large) {
  const std::string output = run_child({UPSTASH_BENCH_PEAK_MEMORY, client, small.url(), large.url()}).output;
  double bytes = 0;
  std::from_chars(output.data(), output.data() + output.size(), bytes);
  return bytes;
}

std::vector<Row> memory(
    const std::string& name, const Effort& effort, const std::string& library, const std::string& bare) {
  constexpr std::size_t bytes = 16 * mib;
  const CannedServer small(small_result);
  const CannedServer large(result_of_size(bytes));
  const auto in_values = [&](const std::string& client) { return peak_memory(client, small, large) / bytes; };
  const auto samples = in_turns(
      effort.processes, [&] { return in_values(library); }, [&] { return in_values(bare); });
  Row values = row(name, "x value", summarise(samples));
  values.budget = value_at_most(3);
  return {values};
}

}  // namespace

std::vector<Case> large_value_cases() {
  std::vector<Case> cases;
  for (const auto& [size, bytes] :
       {std::pair("1 KiB", kib), {"64 KiB", 64 * kib}, {"1 MiB", mib}, {"16 MiB", 16 * mib}}) {
    const std::string name = std::string("GET of ") + size;
    cases.push_back({"sync " + name, [bytes](const std::string& row_name, const Effort& effort) {
                       return sync_get(row_name, effort, bytes);
                     }});
    cases.push_back({"async " + name, [bytes](const std::string& row_name, const Effort& effort) {
                       return async_get(row_name, effort, bytes);
                     }});
  }
  const auto add_memory = [&](const std::string& client, const std::string& bare) {
    cases.push_back(
        {client + " GET of 16 MiB, peak memory", [=](const std::string& row_name, const Effort& effort) {
           return memory(row_name, effort, client, bare);
         }});
  };
  add_memory("sync", "easy");
  add_memory("async", "multi");
  return cases;
}

}  // namespace upstash::bench
