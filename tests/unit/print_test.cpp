// How results look when a pipeline's are printed.
#include "print.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

#include "reply_structures.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

template <class T>
std::string printed(const T& value) {
  std::ostringstream out;
  out << std::hex << std::showpos << std::boolalpha;  // the stream's own settings change nothing
  detail::print(out, value);
  return out.str();
}

TEST(Printing, Scalars) {
  EXPECT_EQ(printed(Ok{}), "OK");
  EXPECT_EQ(printed(true), "true");
  EXPECT_EQ(printed(false), "false");
  EXPECT_EQ(printed(std::int64_t{-42}), "-42");
  EXPECT_EQ(printed(0.1), "0.1");
  EXPECT_EQ(printed(2.0), "2");
}

TEST(Printing, StringsAreQuotedAndOneLine) {
  EXPECT_EQ(printed("abc"s), R"("abc")");
  EXPECT_EQ(printed(""s), R"("")");
  EXPECT_EQ(printed("a\"b\\c"s), R"("a\"b\\c")");
  EXPECT_EQ(printed("a\nb"s), R"("a\nb")");
  EXPECT_EQ(printed("\0\x1b\x7f\r"s), R"("\x00\x1b\x7f\x0d")");
  EXPECT_EQ(printed("é日😀"s), "\"é日😀\"");
  EXPECT_EQ(printed("\xff\xc3(\xed\xa0\x80"s), R"("\xff\xc3(\xed\xa0\x80")");
}

TEST(Printing, DurationsAndInstants) {
  using namespace std::chrono_literals;
  using std::chrono::sys_days;
  EXPECT_EQ(printed(-1500ms), "-1500ms");
  EXPECT_EQ(
      printed(sys_days(std::chrono::year(2024) / 2 / 29) + 23h + 59min + 59s + 7us),
      "2024-02-29T23:59:59.000007Z");
  EXPECT_EQ(printed(sys_days(std::chrono::year(1970) / 1 / 1) - 1us), "1969-12-31T23:59:59.999999Z");
}

TEST(Printing, Geo) {
  EXPECT_EQ(printed(GeoPosition{13.5, -38}), "{longitude: 13.5, latitude: -38}");
  EXPECT_EQ(
      printed(GeoResult{.member = "a"}), R"({member: "a", distance: null, hash: null, position: null})");
  EXPECT_EQ(
      printed(std::vector<GeoResult>{{"a", 0.5, 7, GeoPosition{1, 2}}}),
      R"([{member: "a", distance: 0.5, hash: 7, position: {longitude: 1, latitude: 2}}])");
}

TEST(Printing, Containers) {
  EXPECT_EQ(printed(std::optional<std::int64_t>()), "null");
  EXPECT_EQ(printed(std::optional<std::string>("x")), R"("x")");
  EXPECT_EQ(printed(std::vector<std::string>{}), "[]");
  EXPECT_EQ(printed(std::vector<std::optional<std::int64_t>>{1, std::nullopt}), "[1, null]");
  EXPECT_EQ(printed(std::vector<bool>{true, false}), "[true, false]");
  EXPECT_EQ(printed(std::unordered_map<std::string, std::string>{{"f", "v"}}), R"({"f": "v"})");
  EXPECT_EQ(printed(std::vector<FieldValue>{{"f", "v"}}), R"([{field: "f", value: "v"}])");
  EXPECT_EQ(printed(ScanPage<std::string>{"0", {"a"}}), R"({cursor: "0", items: ["a"]})");
  EXPECT_EQ(printed(Reply(std::vector<Reply>{"a", nullptr})), R"(["a", null])");
}

}  // namespace
}  // namespace upstash::test
