// Reply: checked accessors and conversions.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/error.hpp>
#include <upstash/reply.hpp>

#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using Replies = std::vector<Reply>;

template <class T>
std::string refusal_as(const Reply& reply) {
  return message_of<UsageError>([&] { static_cast<void>(reply.as<T>()); });
}

TEST(ReplyAccessors, SayWhatItIs) {
  EXPECT_EQ(Reply().type(), Reply::Type::nil);
  EXPECT_TRUE(Reply(nullptr).is_nil());
  EXPECT_TRUE(Reply(5).is_integer());
  EXPECT_TRUE(Reply("s").is_string());
  EXPECT_TRUE(Reply(Replies{}).is_array());
  EXPECT_EQ(Reply(5).integer(), 5);
  EXPECT_EQ(Reply("a\0b"s).string(), "a\0b"s);
  EXPECT_EQ(Reply(Replies{1, "x"}).array(), (Replies{1, "x"}));
  EXPECT_EQ(Reply(Replies{1, "x"}).size(), 2U);
  const Reply list(Replies{1, Replies{"deep"}});
  EXPECT_EQ(list[1][0].string(), "deep");
  EXPECT_EQ(list.at(0), Reply(1));
}

TEST(ReplyAccessors, RefuseAnotherTypeAndNameBoth) {
  EXPECT_EQ(
      message_of<UsageError>([] { static_cast<void>(Reply().integer()); }),
      "the reply is nil, not an integer");
  EXPECT_EQ(
      message_of<UsageError>([] { static_cast<void>(Reply(1).string()); }),
      "the reply is an integer, not a string");
  EXPECT_EQ(
      message_of<UsageError>([] { static_cast<void>(Reply("s").array()); }),
      "the reply is a string, not an array");
  EXPECT_EQ(
      message_of<UsageError>([] { static_cast<void>(Reply("s").size()); }),
      "the reply is a string, not an array");
  EXPECT_EQ(
      message_of<UsageError>([] { static_cast<void>(Reply(Replies{}).integer()); }),
      "the reply is an array, not an integer");
  const Reply list(Replies{1, 2});
  EXPECT_EQ(
      message_of<UsageError>([&] { static_cast<void>(list.at(2)); }),
      "the reply has 2 elements, there is none at 2");
  EXPECT_NO_THROW(static_cast<void>(message_of<UsageError>([&] { static_cast<void>(list[5]); })));
}

TEST(ReplyAccessors, MoveOutOfATemporary) {
  Reply reply(std::string(100, 'x'));
  const char* const bytes = reply.string().data();
  const std::string moved = std::move(reply).string();
  EXPECT_EQ(moved.data(), bytes);
  Reply list(Replies{1, 2});
  EXPECT_EQ(std::move(list).array().size(), 2U);
  EXPECT_NO_THROW(static_cast<void>(message_of<UsageError>([] { static_cast<void>(Reply(1).string()); })));
}

TEST(ReplyAs, ReadsNumbersAlsoFromTheirText) {
  EXPECT_EQ(Reply(5).as<std::int64_t>(), 5);
  EXPECT_EQ(Reply("5").as<std::int64_t>(), 5);
  EXPECT_EQ(Reply("-5").as<int>(), -5);
  EXPECT_EQ(Reply(255).as<std::uint8_t>(), 255);
  EXPECT_EQ(Reply(1.0 > 0 ? "1.5" : "").as<double>(), 1.5);
  EXPECT_EQ(Reply(3).as<double>(), 3.0);
  EXPECT_EQ(Reply("inf").as<double>(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(
      Reply(std::numeric_limits<std::int64_t>::min()).as<std::int64_t>(),
      std::numeric_limits<std::int64_t>::min());
}

TEST(ReplyAs, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(refusal_as<std::uint8_t>(256), "the reply's integer 256 does not fit the type asked for");
  EXPECT_EQ(refusal_as<unsigned>(-1), "the reply's integer -1 does not fit the type asked for");
  EXPECT_EQ(
      refusal_as<int>(std::int64_t{1} << 40),
      "the reply's integer 1099511627776 does not fit the type asked for");
  EXPECT_EQ(refusal_as<std::int64_t>("x"), "the reply is a string, not an integer");
  EXPECT_EQ(refusal_as<std::int64_t>("9223372036854775808"), "the reply is a string, not an integer");
  EXPECT_EQ(refusal_as<std::int64_t>("1.5"), "the reply is a string, not an integer");
  EXPECT_EQ(refusal_as<std::int64_t>(Reply()), "the reply is nil, not an integer");
  EXPECT_EQ(refusal_as<double>("1.5x"), "the reply is a string, not a number");
  EXPECT_EQ(refusal_as<double>(Replies{}), "the reply is an array, not a number");
}

TEST(ReplyAs, ReadsBoolsFromFlagsStatusesAndNil) {
  EXPECT_TRUE(Reply(1).as<bool>());
  EXPECT_FALSE(Reply(0).as<bool>());
  EXPECT_TRUE(Reply("OK").as<bool>());
  EXPECT_FALSE(Reply().as<bool>());
  EXPECT_EQ(refusal_as<bool>(2), "the reply is an integer, not a bool");
  EXPECT_EQ(refusal_as<bool>("true"), "the reply is a string, not a bool");
}

TEST(ReplyAs, ReadsStringsOptionalsAndLists) {
  EXPECT_EQ(Reply("s").as<std::string>(), "s");
  EXPECT_EQ(refusal_as<std::string>(1), "the reply is an integer, not a string");
  EXPECT_EQ(Reply().as<std::optional<std::string>>(), std::nullopt);
  EXPECT_EQ(Reply("s").as<std::optional<std::string>>(), "s");
  EXPECT_EQ(Reply(Replies{"1", 2}).as<std::vector<int>>(), (std::vector<int>{1, 2}));
  EXPECT_EQ(
      Reply(Replies{nullptr, "x"}).as<std::vector<std::optional<std::string>>>(),
      (std::vector<std::optional<std::string>>{std::nullopt, "x"}));
  EXPECT_EQ(refusal_as<std::vector<int>>(Reply()), "the reply is nil, not an array");
  EXPECT_EQ(refusal_as<std::vector<int>>(Replies{1, "x"}), "the reply is a string, not an integer");
  EXPECT_EQ(Reply(Replies{1, Replies{2}}).as<Reply>(), Reply(Replies{1, Replies{2}}));
}

TEST(ReplyAs, ReadsMapsFromAlternatingNamesAndValues) {
  EXPECT_EQ(
      (Reply(Replies{"a", 1, "b", "2"}).as<std::unordered_map<std::string, int>>()),
      (std::unordered_map<std::string, int>{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(
      (refusal_as<std::unordered_map<std::string, int>>(Replies{"a"})),
      "the reply has a name without a value: it is no map");
  EXPECT_EQ(
      (refusal_as<std::unordered_map<std::string, int>>(Replies{1, 1})),
      "the reply is an integer, not a string");
}

TEST(ReplyPrinting, IsAsJsonHasIt) {
  std::ostringstream out;
  out << Reply(Replies{"a\"b", 1, nullptr, Replies{}, Replies{-5}});
  EXPECT_EQ(out.str(), R"(["a\"b", 1, null, [], [-5]])");
}

}  // namespace
}  // namespace upstash::test
