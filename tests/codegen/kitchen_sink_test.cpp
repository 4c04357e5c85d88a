// What the examples of the kitchen sink cannot say: calls that are refused, and what commands know of themselves.
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include <upstash/redis.hpp>

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

template <class Make>
std::string refusal(const Make& make) {
  try {
    make();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(KitchenSinkRules, an_option_that_needs_others) {
  EXPECT_NO_THROW(cmd::cook_raw({.count = 1, .any = true}));
  EXPECT_EQ(refusal([] { return cmd::cook_raw({.any = true}); }), "COOK RAW: ANY needs COUNT");
  EXPECT_NO_THROW(cmd::cook_raw({.count = 1, .weight = 2, .all = true}));
  const std::string message = "COOK RAW: ALL needs COUNT and WEIGHT and excludes ANY";
  EXPECT_EQ(refusal([] { return cmd::cook_raw({.count = 1, .all = true}); }), message);
  EXPECT_EQ(refusal([] { return cmd::cook_raw({.weight = 1, .all = true}); }), message);
}

TEST(KitchenSinkRules, options_that_exclude_each_other) {
  EXPECT_NO_THROW(cmd::cook_raw({.word = "a"}));
  EXPECT_NO_THROW(cmd::cook_raw({.match = "a"}));
  EXPECT_EQ(
      refusal([] { return cmd::cook_raw({.word = "a", .match = "b"}); }), "COOK RAW: MATCH excludes WORD");
  EXPECT_EQ(
      refusal([] { return cmd::cook_raw({.count = 1, .weight = 2, .any = true, .all = true}); }),
      "COOK RAW: ALL needs COUNT and WEIGHT and excludes ANY");
}

TEST(KitchenSinkLists, must_not_be_empty_unless_the_catalogue_says_so) {
  EXPECT_NO_THROW(cmd::dish_split({}));
  EXPECT_NO_THROW(cmd::fill_all({{"a", 1}}, {}));
  EXPECT_NE(refusal([] { return cmd::fill_all({}, {}); }).find("pair"), std::string::npos);
  EXPECT_NE(refusal([] { return cmd::fill("key", PairList()); }).find("pair"), std::string::npos);
}

TEST(KitchenSinkTraits, come_from_the_catalogue) {
  EXPECT_EQ(cmd::cook_raw().name(), "COOK RAW");
  EXPECT_TRUE(cmd::dish_split({}).read_only());
  EXPECT_TRUE(cmd::dish_split({}).idempotent());
  EXPECT_FALSE(cmd::cook_raw().read_only());
  EXPECT_FALSE(cmd::cook_raw().idempotent());
}

TEST(KitchenSinkTraits, an_option_can_make_a_retry_unsafe) {
  EXPECT_FALSE(cmd::cook("key", "value").read_only());
  EXPECT_TRUE(cmd::cook("key", "value").idempotent());
  EXPECT_TRUE(cmd::cook("key", "value", {.expiry = 10s}).idempotent());
  EXPECT_FALSE(cmd::cook("key", "value", {.gate = Gate::open}).idempotent());
  EXPECT_FALSE(cmd::cook_get("key", "value").idempotent());
}

}  // namespace
}  // namespace upstash::test
