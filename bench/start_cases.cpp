#include "cases.hpp"
#include "child.hpp"
#include "small_value.hpp"

namespace upstash::bench {

namespace {

std::vector<Row> start(
    const std::string& name, const Effort& effort, const std::string& library, const std::string& bare) {
  const CannedServer server(small_result);
  const auto milliseconds = [&](const std::string& program) {
    return run_child({program, server.url()}).seconds_to_output * 1000;
  };
  const auto samples = in_turns(
      effort.processes, [&] { return milliseconds(library); }, [&] { return milliseconds(bare); });
  Row times = row(name, "ms", summarise(samples));
  times.budget = ratio_at_most(1.3);
  return {times};
}

}  // namespace

std::vector<Case> start_cases() {
  const auto of = [](const std::string& library, const std::string& bare) {
    return [=](const std::string& row_name, const Effort& effort) {
      return start(row_name, effort, library, bare);
    };
  };
  return {
      {"process start to first reply, sync", of(UPSTASH_BENCH_START_SYNC, UPSTASH_BENCH_START_BARE_EASY)},
      {"process start to first reply, async", of(UPSTASH_BENCH_START_ASYNC, UPSTASH_BENCH_START_BARE_MULTI)}};
}

}  // namespace upstash::bench
