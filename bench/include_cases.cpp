#include <array>

#include "cases.hpp"
#include "child.hpp"

namespace upstash::bench {

namespace {

/// What the library's headers need of the standard library; the others that they name come with these.
constexpr std::array standard_headers{
    "chrono", "functional", "memory", "optional", "span", "stop_token", "string", "unordered_map", "vector"};

/// Milliseconds of CPU time, which the machine's other work disturbs less than the time on the clock.
template <class Headers>
double compile_time(const Headers& headers) {
  std::vector<std::string> command{
      UPSTASH_BENCH_COMPILER,
      "-std=c++20",
      "-I" UPSTASH_BENCH_ROOT "/include",
      "-I" UPSTASH_BENCH_ROOT "/generated/include"};
  for (const char* const header : headers) {
    command.emplace_back("-include");
    command.emplace_back(header);
  }
  command.insert(command.end(), {"-x", "c++", "-c", "/dev/null", "-o", "/dev/null"});
  return run_child(command).cpu * 1000;
}

Row include(const Effort& effort, const std::string& name, const char* header) {
  return row(
      name,
      "ms",
      summarise(in_turns(
          effort.compilations,
          [&] { return compile_time(std::array{header}); },
          [&] { return compile_time(standard_headers); })));
}

}  // namespace

std::vector<Case> include_cases() {
  return {
      {"#include <upstash/redis.hpp>",
       [](const std::string& name, const Effort& effort) {
         Row times = include(effort, name, "upstash/redis.hpp");
         times.budget = ratio_at_most(1.5);
         return std::vector{times};
       }},
      {"#include <upstash/async_redis.hpp>", [](const std::string& name, const Effort& effort) {
         return std::vector{include(effort, name, "upstash/async_redis.hpp")};
       }}};
}

}  // namespace upstash::bench
