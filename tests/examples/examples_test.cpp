// The example programs and the README's quick start do what they say, against a real Redis.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "local_server.hpp"
#include "process.hpp"

namespace upstash::test {
namespace {

/// Runs the program with the server's address in its environment; it must succeed. Returns the lines it prints.
std::vector<std::string> output_of(const std::string& program, const LocalServer& server) {
  Process process(
      {program}, {"UPSTASH_REDIS_REST_URL=" + server.url(), "UPSTASH_REDIS_REST_TOKEN=" + server.token()});
  std::vector<std::string> lines;
  while (auto line = process.read_line()) lines.push_back(*line);
  EXPECT_EQ(process.wait(), 0) << process.read_errors();
  return lines;
}

TEST(Examples, QuickstartShowsEachCallWithItsResult) {
  const LocalServer server;
  const std::string error = "  incr greeting           -> INCR at " +
                            server.url().substr(std::string_view("http://").size()) +
                            ": ERR value is not an integer or out of range";
  EXPECT_EQ(
      output_of(UPSTASH_QUICKSTART, server),
      (std::vector<std::string>{
          "Set and get",
          "  get greeting            -> hello",
          "  get no-such-key         -> (nothing)",
          "Typed values and expiry",
          "  incr visits             -> 42",
          "  incrbyfloat ratio 0.5   -> 0.5",
          "  ttl visits              -> 600 s",
          "  set visits 0 if new     -> false",
          "Hashes",
          "  hset user:1             -> 2",
          "  hgetall user:1          -> age = 36",
          "  hgetall user:1          -> name = Ann",
          "A pipeline, by statements",
          "  set, incr, get          -> [true, 2, \"2\"]",
          "A pipeline, by chaining",
          "  set, incr, get          -> [true, 2, \"2\"]",
          "A transaction",
          "  set, incr, get          -> [true, 2, \"2\"]",
          "A batch, typed at compile time",
          "  set, incr, get          -> true, 2, 2",
          "Any command",
          "  XLEN test_stream        -> 1",
          "An error",
          error,
      }));
}

TEST(Examples, TheQuickStartOfTheReadmePrintsWhatItSays) {
  const LocalServer server;
  EXPECT_EQ(output_of(UPSTASH_README_PROGRAM, server), (std::vector<std::string>{"hello", "Ann"}));
}

}  // namespace
}  // namespace upstash::test
