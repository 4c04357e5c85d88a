// INFO's report as a map.
#include <gtest/gtest.h>

#include <string>
#include <unordered_map>

#include <upstash/info.hpp>

namespace upstash::test {
namespace {

using Fields = std::unordered_map<std::string, std::string>;

TEST(ParseInfo, CollectsTheFieldsOfAllSections) {
  EXPECT_EQ(
      parse_info(
          "# Server\r\nredis_version:8.6.3\r\nconfig_file:\r\n\r\n# Keyspace\r\ndb0:keys=2,expires=0\r\n"),
      (Fields{{"redis_version", "8.6.3"}, {"config_file", ""}, {"db0", "keys=2,expires=0"}}));
}

TEST(ParseInfo, SplitsAtTheFirstColon) {
  EXPECT_EQ(parse_info("executable:C:\\redis\r\n# Note: none\r\n"), (Fields{{"executable", "C:\\redis"}}));
}

TEST(ParseInfo, TakesTheFirstOfANameThatRepeats) {
  EXPECT_EQ(parse_info("module:name=a\r\nmodule:name=b\r\n"), (Fields{{"module", "name=a"}}));
}

TEST(ParseInfo, TakesWhatItGets) {
  EXPECT_EQ(parse_info(""), Fields{});
  EXPECT_EQ(parse_info("# Sentinel\r\n"), Fields{});
  EXPECT_EQ(parse_info("no colon\nunix:1\nlast:2"), (Fields{{"unix", "1"}, {"last", "2"}}));
}

}  // namespace
}  // namespace upstash::test
