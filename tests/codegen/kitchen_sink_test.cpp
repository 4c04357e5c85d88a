// What the examples of the kitchen sink cannot say: calls that are refused, and what commands know of themselves.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "scripted_server.hpp"

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

TEST(KitchenSinkRules, about_some_alternatives_of_a_choice) {
  EXPECT_NO_THROW(cmd::shelve(Order::random, "a"));
  const std::string at_least = "SHELVE: ASC and DESC need at least two keys";
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::asc, "a"); }), at_least);
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::desc, "a"); }), at_least);
  EXPECT_EQ(
      refusal([] {
        return cmd::shelve(Order::random, {"a", "b", "c", "d"});
      }),
      "SHELVE: RANDOM takes at most three keys");
  const std::string excludes = "SHELVE: RANDOM excludes WEIGHTS and LIMIT";
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::random, "a", {.weights = {1}}); }), excludes);
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::random, "a", {.limit = Limit{0, 1}}); }), excludes);
}

TEST(KitchenSinkRules, an_alternative_that_a_form_does_not_have) {
  EXPECT_NO_THROW(cmd::shelve(Order::random, "a", {.mode = Mode::fast}));
  EXPECT_EQ(
      refusal([] { return cmd::shelve(Order::random, "a", {.mode = Mode::slow}); }),
      "SHELVE: SLOW is not for shelves");
}

TEST(KitchenSinkRules, about_lists) {
  const std::string same_size = "SHELVE: WEIGHTS needs a weight for each key";
  EXPECT_NO_THROW(cmd::shelve(Order::asc, {"a", "b"}, {.weights = {1, 2}}));
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::asc, {"a", "b"}, {.weights = {1}}); }), same_size);
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::asc, {"a", "b"}, {.weights = {1, 2, 3}}); }), same_size);

  const std::string labels = "SHELVE: LABELS needs TAGS and LIMIT and excludes MAXLEN";
  const Limit limit{0, 1};
  EXPECT_NO_THROW(cmd::shelve(Order::random, "a", {.tags = {"t"}}));
  EXPECT_EQ(
      refusal([&] {
        return cmd::shelve(Order::asc, {"a", "b"}, {.labels = {"l"}, .limit = limit});
      }),
      labels);
  EXPECT_EQ(
      refusal([&] {
        return cmd::shelve(Order::asc, {"a", "b"}, {.labels = {"l"}, .tags = {"t"}});
      }),
      labels);
  EXPECT_EQ(
      refusal([&] {
        return cmd::shelve(
            Order::asc, {"a", "b"}, {.labels = {"l"}, .tags = {"t"}, .limit = limit, .maxlen = 5});
      }),
      labels);
}

TEST(KitchenSinkRules, an_option_that_bounds_a_list_on_both_sides) {
  const std::string message = "SHELVE: MAXLEN needs two to four keys";
  EXPECT_NO_THROW(cmd::shelve(Order::asc, {"a", "b", "c", "d"}, {.maxlen = 5}));
  EXPECT_EQ(refusal([] { return cmd::shelve(Order::random, "a", {.maxlen = 5}); }), message);
  EXPECT_EQ(
      refusal([] {
        return cmd::shelve(Order::asc, {"a", "b", "c", "d", "e"}, {.maxlen = 5});
      }),
      message);
}

TEST(KitchenSinkDefaults, are_sent) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(cmd::pantry::get("key").arguments(), Words({"PANTRY.GET", "key", "$.\"a\""}));
  EXPECT_EQ(cmd::pantry::get("key", "").arguments(), Words({"PANTRY.GET", "key", ""}));
  EXPECT_EQ(cmd::pantry::call("name").arguments(), Words({"PANTRY.CALL", "name", "0"}));
  EXPECT_EQ(cmd::pantry::call("name", {}, {}).arguments(), Words({"PANTRY.CALL", "name", "0"}));
}

TEST(KitchenSinkBuilders, need_an_operation) {
  EXPECT_NE(refusal([] { return cmd::operate("key").command(); }).find("OPERATE"), std::string::npos);
  EXPECT_NE(refusal([] { return cmd::pantry::mix().command(); }).find("PANTRY.MIX"), std::string::npos);
  EXPECT_NO_THROW((void)cmd::operate("key").stop().command());
}

TEST(KitchenSinkBuilders, make_commands_for_batches) {
  const auto command = cmd::operate("key").wait(2min).heat("door", 1, Mode::fast).command();
  EXPECT_EQ(
      command.arguments(),
      std::vector<std::string>({"OPERATE", "key", "WAIT", "120", "HEAT", "door", "1", "FAST"}));
  EXPECT_EQ(command.name(), "OPERATE");
  EXPECT_FALSE(command.idempotent());
}

TEST(KitchenSinkBuilders, may_be_kept_and_added_to) {
  auto begun = cmd::operate("key").stop();
  EXPECT_EQ(begun.command().arguments(), std::vector<std::string>({"OPERATE", "key", "STOP"}));
  begun.stop();
  EXPECT_EQ(begun.command().arguments(), std::vector<std::string>({"OPERATE", "key", "STOP", "STOP"}));
}

TEST(KitchenSinkBuilders, refuse_empty_lists) {
  EXPECT_NE(
      refusal([] { return cmd::operate("key").fill({}, "text").command(); }).find("pair"), std::string::npos);
  EXPECT_NO_THROW((void)cmd::operate("key").fill({{"a", 1}}, {}).command());
}

TEST(KitchenSinkStructures, are_empty_until_they_are_filled) {
  const Pot pot;
  EXPECT_EQ(pot.full_weight, 0);
  EXPECT_EQ(pot.litres, 0);
  EXPECT_FALSE(pot.is_clean);
  EXPECT_EQ(pot.heating, 0ms);
  Pot other;
  EXPECT_EQ(pot, other);
  other.litres = 1;
  EXPECT_NE(pot, other);
}

TEST(KitchenSinkTraits, come_from_the_catalogue) {
  EXPECT_EQ(cmd::cook_raw().name(), "COOK RAW");
  EXPECT_TRUE(cmd::dish_split({}).read_only());
  EXPECT_TRUE(cmd::dish_split({}).idempotent());
  EXPECT_FALSE(cmd::cook_raw().read_only());
  EXPECT_FALSE(cmd::cook_raw().idempotent());
  EXPECT_TRUE(cmd::browse("0").traits().own_request);
  EXPECT_TRUE(cmd::browse("0").read_only());
  EXPECT_FALSE(cmd::browse_in("a", "0").traits().own_request);
}

TEST(KitchenSinkTraits, an_option_can_make_a_retry_unsafe) {
  EXPECT_FALSE(cmd::cook("key", "value").read_only());
  EXPECT_TRUE(cmd::cook("key", "value").idempotent());
  EXPECT_TRUE(cmd::cook("key", "value", {.expiry = 10s}).idempotent());
  EXPECT_FALSE(cmd::cook("key", "value", {.gate = Gate::open}).idempotent());
  EXPECT_FALSE(cmd::cook_get("key", "value").idempotent());
}

TEST(KitchenSinkAsync, sends_what_the_synchronous_client_sends) {
  ScriptedServer server;
  server.set_default(answer(200, R"({"error":"ERR no"})"));
  const AsyncRedis redis({.url = server.url(), .token = "token"});
  EXPECT_THROW(redis.cook("key", "value").get(), ServerError);
  EXPECT_THROW(redis.operate("key").stop().execute().get(), ServerError);
  EXPECT_THROW(redis.pantry().get("key").get(), ServerError);
  EXPECT_THROW(
      redis.pipeline().cook("key", "value").operate("key").stop().execute().pantry().get("key").exec().get(),
      ServerError);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  const std::string all = requests[0].body + ',' + requests[1].body + ',' + requests[2].body;
  EXPECT_EQ(requests[3].body, '[' + all + ']');
  EXPECT_EQ(requests[1].body, R"(["OPERATE","key","STOP"])");
}

}  // namespace
}  // namespace upstash::test
