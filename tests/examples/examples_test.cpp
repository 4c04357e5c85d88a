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

/// Takes the number away that the line ends with.
int take_number(std::string& line) {
  const std::size_t digits = line.find_last_not_of("0123456789") + 1;
  const int number = std::stoi(line.substr(digits));
  line.resize(digits);
  return number;
}

TEST(Examples, AsyncSendsAThousandCommandsInFewRequests) {
  const LocalServer server;
  auto lines = output_of(UPSTASH_ASYNC, server);
  ASSERT_EQ(lines.size(), 6U);
  for (const std::size_t counted : {0U, 2U}) EXPECT_LT(take_number(lines[counted]), 500) << lines[counted];
  EXPECT_EQ(
      lines,
      (std::vector<std::string>{
          "1000 guesses came in, requests: ",
          "May seat 7 guess again? no, one guess each",
          "1000 guesses read and ranked, requests: ",
          "On the screen: seat 35 (off by 1), seat 892 (off by 2), seat 178 (off by 4), of 1000",
          "When the viewer has left: nobody looks",
          "1001 keys removed",
      }));
}

TEST(Examples, PubsubHoldsAnAuction) {
  const LocalServer server;
  EXPECT_EQ(
      output_of(UPSTASH_PUBSUB, server),
      (std::vector<std::string>{
          "auction:vase: phone 100",
          "auction:vase: room 110",
          "auction:vase: phone 120",
          "auction:vase: room 130",
          "auction:vase: phone 140",
          "auction:vase: room 150",
          "auction:vase: phone 160",
          "auction:vase: room passes",
          "Going, going…",
          "gone for 160",
      }));
}

TEST(Examples, EndWithTheErrorWhenTheServerRefusesThem) {
  const LocalServer server;
  for (const char* const program : {UPSTASH_QUICKSTART, UPSTASH_ASYNC, UPSTASH_PUBSUB}) {
    Process process({program}, {"UPSTASH_REDIS_REST_URL=" + server.url(), "UPSTASH_REDIS_REST_TOKEN=wrong"});
    EXPECT_EQ(process.wait(), 1) << program;
    EXPECT_NE(process.read_errors().find("WRONGPASS"), std::string::npos) << program;
  }
}

TEST(Examples, TheQuickStartOfTheReadmePrintsWhatItSays) {
  const LocalServer server;
  EXPECT_EQ(output_of(UPSTASH_README_PROGRAM, server), (std::vector<std::string>{"hello", "Ann"}));
}

}  // namespace
}  // namespace upstash::test
