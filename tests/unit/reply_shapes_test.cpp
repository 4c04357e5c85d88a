// Replies as typed values: what each shape takes and what it refuses.
#include "reply_shapes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "reply_document.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

namespace shape = detail::shape;

template <class Shape>
typename Shape::Type shaped(std::string_view resp2) {
  return Shape::parse(detail::ReplyDocument(std::string(resp2), detail::StringEncoding::plain, 128).root());
}

template <class Shape>
std::string refusal_of(std::string_view resp2) {
  return message_of<detail::ShapeError>([&] { static_cast<void>(shaped<Shape>(resp2)); });
}

constexpr std::string_view nil = "$-1\r\n";
constexpr std::string_view one = ":1\r\n";
constexpr std::string_view text = "$3\r\nabc\r\n";
constexpr std::string_view array = "*2\r\n:1\r\n:2\r\n";
constexpr std::string_view error = "-ERR x\r\n";

TEST(ReplyShapes, RefusalsNameBothSides) {
  EXPECT_EQ(refusal_of<shape::Integer>(nil), "expected an integer, got nil");
  EXPECT_EQ(refusal_of<shape::Integer>(text), "expected an integer, got a string of 3 bytes");
  EXPECT_EQ(refusal_of<shape::Integer>(array), "expected an integer, got an array of 2 elements");
  EXPECT_EQ(refusal_of<shape::Integer>(error), "expected an integer, got an error");
  EXPECT_EQ(refusal_of<shape::String>(one), "expected a string, got the integer 1");
}

TEST(ReplyShapes, StatusIsAnyString) {
  EXPECT_EQ(shaped<shape::Status>("+OK\r\n"), Ok{});
  EXPECT_EQ(shaped<shape::Status>("+Background saving started\r\n"), Ok{});
  EXPECT_EQ(refusal_of<shape::Status>(nil), "expected a status, got nil");
}

TEST(ReplyShapes, OkOrNil) {
  EXPECT_TRUE(shaped<shape::OkOrNil>("+OK\r\n"));
  EXPECT_FALSE(shaped<shape::OkOrNil>(nil));
  for (const std::string_view bad : {one, text, array, error}) {
    EXPECT_TRUE(holds(refusal_of<shape::OkOrNil>(bad), "expected OK or nil")) << bad;
  }
}

TEST(ReplyShapes, Flag) {
  EXPECT_TRUE(shaped<shape::Flag>(one));
  EXPECT_FALSE(shaped<shape::Flag>(":0\r\n"));
  for (const std::string_view bad :
       {std::string_view(":2\r\n"), std::string_view(":-1\r\n"), nil, text, array}) {
    EXPECT_TRUE(holds(refusal_of<shape::Flag>(bad), "expected 0 or 1")) << bad;
  }
}

TEST(ReplyShapes, Integer) {
  EXPECT_EQ(shaped<shape::Integer>(":-9223372036854775808\r\n"), std::numeric_limits<std::int64_t>::min());
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Integer>("$1\r\n1\r\n")));
}

TEST(ReplyShapes, DoubleFromItsTextOrAnInteger) {
  EXPECT_EQ(shaped<shape::Double>("$3\r\n1.5\r\n"), 1.5);
  EXPECT_EQ(shaped<shape::Double>("$22\r\n-1.7976931348623157e30\r\n"), -1.7976931348623157e30);
  EXPECT_EQ(shaped<shape::Double>(":7\r\n"), 7.0);
  EXPECT_EQ(shaped<shape::Double>("+inf\r\n"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(shaped<shape::Double>("+-inf\r\n"), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(shaped<shape::Double>("+nan\r\n")));
  for (const std::string_view bad : {"+\r\n", "+1.5x\r\n", "+ 1\r\n", "+abc\r\n", "$-1\r\n", "*0\r\n"}) {
    EXPECT_TRUE(holds(refusal_of<shape::Double>(bad), "expected a number")) << bad;
  }
}

TEST(ReplyShapes, String) {
  EXPECT_EQ(shaped<shape::String>(text), "abc");
  for (const std::string_view bad : {nil, one, array, error}) {
    EXPECT_TRUE(holds(refusal_of<shape::String>(bad), "expected a string")) << bad;
  }
}

TEST(ReplyShapes, AnyTakesAllWithNestedErrorsAsStrings) {
  EXPECT_EQ(shaped<shape::Any>(nil), Reply());
  EXPECT_EQ(
      shaped<shape::Any>("*3\r\n-ERR x\r\n*1\r\n$-1\r\n:1\r\n"),
      Reply(std::vector<Reply>{"ERR x", std::vector<Reply>{nullptr}, 1}));
}

TEST(ReplyShapes, Optional) {
  using Shape = shape::Optional<shape::String>;
  EXPECT_EQ(shaped<Shape>(text), "abc");
  EXPECT_EQ(shaped<Shape>(nil), std::nullopt);
  EXPECT_NO_THROW(static_cast<void>(refusal_of<Shape>(one)));
}

TEST(ReplyShapes, List) {
  EXPECT_EQ(shaped<shape::List<shape::Integer>>(array), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(
      shaped<shape::List<shape::Optional<shape::Integer>>>("*2\r\n$-1\r\n:2\r\n"),
      (std::vector<std::optional<std::int64_t>>{std::nullopt, 2}));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::List<shape::Integer>>("*2\r\n:1\r\n+x\r\n")));
  EXPECT_EQ(refusal_of<shape::List<shape::Integer>>(nil), "expected an array, got nil");
}

TEST(ReplyShapes, ListOrNil) {
  EXPECT_EQ(shaped<shape::ListOrNil<shape::Integer>>(array), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(shaped<shape::ListOrNil<shape::Integer>>(nil), (std::vector<std::int64_t>{}));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::ListOrNil<shape::Integer>>(one)));
}

TEST(ReplyShapes, Map) {
  using Shape = shape::Map<shape::Integer>;
  EXPECT_EQ(
      shaped<Shape>("*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n"),
      (std::unordered_map<std::string, std::int64_t>{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(shaped<Shape>("*0\r\n").size(), 0U);
  EXPECT_EQ(
      refusal_of<Shape>("*3\r\n+a\r\n:1\r\n+b\r\n"),
      "expected an array of groups of 2, got an array of 3 elements");
  EXPECT_NO_THROW(static_cast<void>(refusal_of<Shape>("*2\r\n:1\r\n:1\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<Shape>("*2\r\n+a\r\n+b\r\n")));
}

TEST(ReplyShapes, FieldValuesKeepTheirOrderAndRepetitions) {
  EXPECT_EQ(
      shaped<shape::FieldValues>("*6\r\n+b\r\n+1\r\n+a\r\n+2\r\n+b\r\n+3\r\n"),
      (std::vector<FieldValue>{{"b", "1"}, {"a", "2"}, {"b", "3"}}));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::FieldValues>("*1\r\n+b\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::FieldValues>("*2\r\n+b\r\n:1\r\n")));
}

TEST(ReplyShapes, Page) {
  using Shape = shape::Page<shape::List<shape::String>>;
  const auto page = shaped<Shape>("*2\r\n+17\r\n*2\r\n+a\r\n+b\r\n");
  EXPECT_EQ(page, (ScanPage<std::string>{"17", {"a", "b"}}));
  EXPECT_FALSE(page.done());
  EXPECT_TRUE(shaped<Shape>("*2\r\n+0\r\n*0\r\n").done());
  EXPECT_EQ(shaped<Shape>("*2\r\n+18446744073709551615\r\n*0\r\n").cursor, "18446744073709551615");
  EXPECT_EQ(refusal_of<Shape>("*1\r\n+0\r\n"), "expected a cursor and a list, got an array of 1 elements");
  EXPECT_NO_THROW(static_cast<void>(refusal_of<Shape>("*2\r\n+0\r\n+x\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<Shape>(nil)));
}

TEST(ReplyShapes, NamesAreWhatTheReferenceWrites) {
  EXPECT_EQ((shape::Optional<shape::List<shape::String>>::name()), "std::optional<std::vector<std::string>>");
  EXPECT_EQ(shape::Map<shape::Double>::name(), "std::unordered_map<std::string, double>");
  EXPECT_EQ(shape::ListOrNil<shape::Integer>::name(), "std::vector<std::int64_t>");
}

}  // namespace
}  // namespace upstash::test
