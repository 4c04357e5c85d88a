#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "bare_client.hpp"
#include "cases.hpp"
#include "small_value.hpp"

namespace upstash::bench {

namespace {

template <class P>
void fill(P& pipeline, std::int64_t commands) {
  for (std::int64_t i = 0; i < commands; ++i) pipeline.get("key");
}

void check_all(const PipelineResults& results) {
  for (std::size_t i = 0; i < results.size(); ++i) check_small(results.get<std::optional<std::string>>(i));
}

std::vector<Row> rows(const std::string& name, std::int64_t commands, const Comparison& comparison) {
  const auto units = static_cast<double>(commands);
  Row one_core = cpu_rate_row(name + ", on one core", "commands/s", units, comparison);
  if (commands == 1000) one_core.budget = value_at_least(2'000'000);
  return {rate_row(name, "commands/s", units, comparison), one_core};
}

std::vector<Row> sync_pipeline(const std::string& name, const Effort& effort, std::int64_t commands) {
  CannedServer server(small_result, commands);
  const Redis redis(options_for(server));
  BareEasy bare(server.url(), bare_pipeline(commands));
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) {
        while (count-- > 0) {
          Pipeline pipeline = redis.pipeline();
          fill(pipeline, commands);
          check_all(pipeline.exec());
        }
      },
      [&](std::int64_t count) {
        while (count-- > 0) bare.perform();
      });
  return rows(name, commands, comparison);
}

std::vector<Row> async_pipeline(const std::string& name, const Effort& effort, std::int64_t commands) {
  CannedServer server(small_result, commands);
  const AsyncRedis redis(options_for(server));
  BareMulti bare(server.url(), bare_pipeline(commands), 1, 1);
  const auto comparison = compare(
      effort,
      server,
      [&](std::int64_t count) {
        while (count-- > 0) {
          AsyncPipeline pipeline = redis.pipeline();
          fill(pipeline, commands);
          check_all(pipeline.exec().get());
        }
      },
      [&](std::int64_t count) { bare.perform(count); });
  return rows(name, commands, comparison);
}

}  // namespace

std::vector<Case> pipeline_cases() {
  std::vector<Case> cases;
  for (const std::int64_t commands : {10, 1000, 100'000}) {
    const std::string name = "pipeline of " + grouped(commands);
    cases.push_back({"sync " + name, [=](const std::string& row_name, const Effort& effort) {
                       return sync_pipeline(row_name, effort, commands);
                     }});
    cases.push_back({"async " + name, [=](const std::string& row_name, const Effort& effort) {
                       return async_pipeline(row_name, effort, commands);
                     }});
  }
  return cases;
}

}  // namespace upstash::bench
