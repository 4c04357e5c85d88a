// The optional header for users of RapidJSON, with RapidJSON in its own namespace beside the library's.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <upstash/error.hpp>
#include <upstash/rapidjson.hpp>

#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string refusal_of(std::string_view json) {
  return message_of<UsageError>([&] { static_cast<void>(to_document(json)); });
}

TEST(RapidJson, ReadsATextOfAnyStringType) {
  EXPECT_EQ(to_document(R"({"a":[1,"x"]})")["a"][1].GetString(), "x"s);
  EXPECT_TRUE(to_document("[]"s).IsArray());
  EXPECT_TRUE(to_document("null"sv).IsNull());
  EXPECT_EQ(to_document("[1,2] trailing"sv.substr(0, 5)).Size(), 2U);
}

TEST(RapidJson, ReadsATextThatMayBeMissing) {
  const std::optional<std::string> text = "[1]";
  const std::optional<rapidjson::Document> document = to_document(text);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ((*document)[0].GetInt(), 1);
  EXPECT_FALSE(to_document(std::optional<std::string>()).has_value());
}

TEST(RapidJson, KeepsNumbersExact) {
  const rapidjson::Document numbers = to_document(
      "[9223372036854775807,-9223372036854775808,18446744073709551615,0.1,1e308,5e-324,"
      "0.30000000000000004,123456789012345678901234567890]");
  EXPECT_EQ(numbers[0].GetInt64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(numbers[1].GetInt64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(numbers[2].GetUint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(numbers[3].GetDouble(), 0.1);
  EXPECT_EQ(numbers[4].GetDouble(), 1e308);
  EXPECT_EQ(numbers[5].GetDouble(), 5e-324);
  EXPECT_EQ(numbers[6].GetDouble(), 0.1 + 0.2);
  EXPECT_EQ(numbers[7].GetDouble(), 123456789012345678901234567890.0);
}

TEST(RapidJson, SaysWhereATextIsNotJson) {
  EXPECT_EQ(refusal_of(R"({"a":1,})"), "not a JSON text at byte 7: Missing a name for object member.");
  EXPECT_TRUE(holds(refusal_of("[1] x"), "at byte 4:"));
  EXPECT_TRUE(holds(refusal_of(""), "at byte 0:"));
  EXPECT_TRUE(holds(refusal_of({}), "at byte 0:"));
  EXPECT_TRUE(holds(refusal_of("[\"\xff\"]"), "not a JSON text"));
  EXPECT_TRUE(holds(refusal_of("Ann"), "not a JSON text"));
}

TEST(RapidJson, ReadsDeeperThanTheStack) {
  const std::size_t depth = 1'000'000;
  EXPECT_TRUE(to_document(std::string(depth, '[') + std::string(depth, ']')).IsArray());
}

TEST(RapidJson, WritesDocumentsAndValues) {
  const std::string text =
      R"({"name":"Ann \"é\"","l":[1,-2,0.1,1e+300,true,null,{}],"big":18446744073709551615})";
  const rapidjson::Document document = to_document(text);
  EXPECT_EQ(
      to_json(document),
      R"({"name":"Ann \"é\"","l":[1,-2,0.1,1e300,true,null,{}],"big":18446744073709551615})");
  EXPECT_EQ(to_json(document["l"]), "[1,-2,0.1,1e300,true,null,{}]");
  EXPECT_EQ(to_json(rapidjson::Value("a\0b", 3)), R"("a\u0000b")");
}

TEST(RapidJson, WritesDoublesSoThatTheyAreReadBackExactly) {
  for (const double number :
       {0.1 + 0.2, 1.0 / 3, 5e-324, std::numeric_limits<double>::max(), -0.0, 123456789.123456789}) {
    const rapidjson::Document read = to_document(to_json(rapidjson::Value(number)));
    EXPECT_EQ(read.GetDouble(), number);
    EXPECT_EQ(std::signbit(read.GetDouble()), std::signbit(number));
  }
}

TEST(RapidJson, RefusesToWriteWhatIsNotJson) {
  const auto refuses = [](const rapidjson::Value& value) {
    return holds(message_of<UsageError>([&] { static_cast<void>(to_json(value)); }), "not JSON");
  };
  EXPECT_TRUE(refuses(rapidjson::Value(std::numeric_limits<double>::infinity())));
  EXPECT_TRUE(refuses(rapidjson::Value(std::nan(""))));
  EXPECT_TRUE(refuses(rapidjson::Value("\xff")));
}

}  // namespace
}  // namespace upstash::test
