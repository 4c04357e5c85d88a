#include "measure.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "clock.hpp"

namespace upstash::bench {

namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Cost {
  double seconds;
  double client_cpu;
  double server_cpu;
  double requests;
};

Cost cost_of(CannedServer& server, const Work& work, std::int64_t operations) {
  const std::int64_t requests = server.requests();
  const double server_cpu = server.cpu_time();
  const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  const double start = seconds_of(CLOCK_MONOTONIC);
  work(operations);
  const double seconds = seconds_of(CLOCK_MONOTONIC) - start;
  const double all_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  const double its_cpu = server.cpu_time() - server_cpu;
  const auto count = static_cast<double>(operations);
  return {
      .seconds = seconds / count,
      .client_cpu = (all_cpu - its_cpu) / count,
      .server_cpu = its_cpu / count,
      .requests = static_cast<double>(server.requests() - requests) / count};
}

/// How many operations take so long.
std::int64_t operations_in(double seconds, CannedServer& server, const Work& work) {
  for (std::int64_t operations = 1;; operations *= 2) {
    const double each = cost_of(server, work, operations).seconds;
    if (each * static_cast<double>(operations) >= seconds / 2) {
      return std::max<std::int64_t>(1, std::llround(seconds / each));
    }
  }
}

}  // namespace

Summary summarise(const std::vector<Pair<double>>& samples) {
  const auto median_of = [&](auto&& value) {
    std::vector<double> values;
    values.reserve(samples.size());
    for (const Pair<double>& sample : samples) values.push_back(value(sample));
    return median(std::move(values));
  };
  return {
      .value =
          {.library = median_of([](const Pair<double>& sample) { return sample.library; }),
           .bare = median_of([](const Pair<double>& sample) { return sample.bare; })},
      .ratio = median_of([](const Pair<double>& sample) { return sample.library / sample.bare; })};
}

Comparison compare(const Effort& effort, CannedServer& server, const Work& library, const Work& bare) {
  const std::int64_t librarys = operations_in(effort.seconds_per_round, server, library);
  const std::int64_t bares = operations_in(effort.seconds_per_round, server, bare);
  const auto samples = in_turns(
      effort.rounds,
      [&] { return cost_of(server, library, librarys); },
      [&] { return cost_of(server, bare, bares); });
  const auto summary = [&](double Cost::*part) {
    std::vector<Pair<double>> parts;
    parts.reserve(samples.size());
    for (const Pair<Cost>& sample : samples) parts.push_back({sample.library.*part, sample.bare.*part});
    return summarise(parts);
  };
  return {
      .seconds = summary(&Cost::seconds),
      .client_cpu = summary(&Cost::client_cpu),
      .server_cpu = summary(&Cost::server_cpu),
      .requests = summary(&Cost::requests)};
}

}  // namespace upstash::bench
