#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "options.hpp"

namespace upstash::local {
namespace {

Options parse(const std::vector<const char*>& arguments) { return parse_options(arguments); }

std::string problem(const std::vector<const char*>& arguments) {
  try {
    parse_options(arguments);
  } catch (const OptionError& error) {
    return error.what();
  }
  return "no problem";
}

TEST(LocalOptions, TakesValuesInBothForms) {
  const Options options = parse({"--port", "0", "--token=a=b", "--bind", "::1", "--max-request-bytes=5"});
  EXPECT_EQ(options.port, 0);
  EXPECT_EQ(options.token, "a=b");
  EXPECT_EQ(options.bind, "::1");
  EXPECT_EQ(options.max_request_bytes, 5U);
}

TEST(LocalOptions, ListensOnThisMachineOnlyUnlessTold) {
  const Options options = parse({});
  EXPECT_EQ(options.bind, "127.0.0.1");
  EXPECT_EQ(options.port, 8079);
  EXPECT_EQ(options.token, "");
}

TEST(LocalOptions, TakesLimitsOfEventStreams) {
  const Options options =
      parse({"--max-unread-bytes", "70000", "--keep-alive-ms", "20", "--idle-timeout-s", "7"});
  EXPECT_EQ(options.max_unread_bytes, 70'000U);
  EXPECT_EQ(options.keep_alive, std::chrono::milliseconds(20));
  EXPECT_EQ(options.idle_timeout, std::chrono::seconds(7));
  EXPECT_LT(parse({}).keep_alive, parse({}).idle_timeout);
}

TEST(LocalOptions, SaysWhatIsAllowed) {
  EXPECT_NE(problem({"--nope"}).find("unknown option '--nope'; allowed are --port"), std::string::npos);
  EXPECT_EQ(problem({"--port", "65536"}), "--port takes a number from 0 to 65535, not '65536'");
  EXPECT_EQ(problem({"--port", "80x"}), "--port takes a number from 0 to 65535, not '80x'");
  EXPECT_EQ(problem({"--port"}), "--port needs a value: N");
  EXPECT_EQ(problem({"--help=x"}), "--help takes no value");
  EXPECT_TRUE(problem({"--token", "a b"}).starts_with("--token takes letters"));
  EXPECT_TRUE(problem({"--token", "t", "--readonly-token", "t"}).ends_with("must differ"));
  EXPECT_NE(problem({"--redis-url", "http://x"}).find("allowed are redis://"), std::string::npos);
  EXPECT_NE(problem({"--redis-url", "unix:/s", "--dir", "d"}).find("--dir"), std::string::npos);
}

}  // namespace
}  // namespace upstash::local
