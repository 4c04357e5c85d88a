// The calls that users are promised, each on a real server: what they return, in type and in value.
#include <gtest/gtest.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include <upstash/redis.hpp>

#include "local_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::chrono_literals;

using OptionalString = std::optional<std::string>;
using Strings = std::vector<std::string>;
using OptionalStrings = std::vector<OptionalString>;
using OptionalIntegers = std::vector<std::optional<std::int64_t>>;

class PinnedTable : public testing::Test {
 protected:
  static const Redis& redis() {
    static const LocalServer server;
    static const Redis client{{.url = server.url(), .token = server.token()}};
    return client;
  }
  void SetUp() override { redis().flushall(); }

  /// `expected`, which must be of the call's own type.
  template <class T>
  static void expect(const std::same_as<T> auto& returned, const T& expected) {
    EXPECT_EQ(returned, expected);
  }
};

TEST_F(PinnedTable, Strings) {
  expect<bool>(redis().set("k", "v"), true);
  expect<bool>(redis().set("k", 1), true);
  expect<bool>(redis().set("k", "v", {.expiry = 10s, .condition = SetCondition::nx}), false);
  expect<bool>(redis().set("k", "v", {.expiry = std::chrono::system_clock::now() + 1h}), true);
  expect<bool>(redis().set("k", "w", {.expiry = keep_ttl}), true);
  EXPECT_GT(redis().ttl("k"), 3500);
  expect<OptionalString>(redis().set_get("k", "v"), "w");
  expect<OptionalString>(redis().get("k"), "v");
  expect<OptionalString>(redis().get("missing"), std::nullopt);
  expect<OptionalString>(redis().getex("k", {.expiry = 10s}), "v");
  expect<OptionalString>(redis().getex("k", {.expiry = persist}), "v");
  expect<std::int64_t>(redis().ttl("k"), -1);
  expect<std::int64_t>(redis().ttl("missing"), -2);
  static_assert(std::is_void_v<decltype(redis().mset({{"a", 1}, {"b", "x"}}))>);
  redis().mset({{"a", 1}, {"b", "x"}});
  expect<OptionalStrings>(redis().mget({"a", "b", "c"}), {"1", "x", std::nullopt});
  expect<std::int64_t>(redis().incr("n"), 1);
  expect<std::int64_t>(redis().incrby("n", 5), 6);
  expect<double>(redis().incrbyfloat("n", 0.5), 6.5);
}

TEST_F(PinnedTable, Keys) {
  redis().mset({{"a", 1}, {"b", 2}, {"u:1", 3}, {"u:2", 4}});
  expect<std::int64_t>(redis().exists({"a", "b"}), 2);
  expect<std::int64_t>(redis().touch({"a", "b"}), 2);
  expect<std::int64_t>(redis().del({"a", "b"}), 2);
  expect<std::int64_t>(redis().del("a"), 0);
  expect<std::int64_t>(redis().unlink("b"), 0);
  expect<bool>(redis().expire("u:1", 10s, {.condition = ExpireCondition::gt}), false);
  expect<bool>(redis().expireat("u:1", std::chrono::system_clock::now() + 1h), true);

  const ScanPage<std::string> page = redis().scan("0", {.match = "u:*", .count = 100});
  EXPECT_EQ(page.cursor, "0");
  EXPECT_EQ(page.items.size(), 2U);
  EXPECT_TRUE(page.done());
  std::set<std::string> keys;
  for (auto& key : redis().scan_all({.match = "u:*"})) keys.insert(key);
  EXPECT_EQ(keys, (std::set<std::string>{"u:1", "u:2"}));
}

TEST_F(PinnedTable, Iterations) {
  constexpr int count = 2000;  // more than one page
  auto pipeline = redis().pipeline();
  for (int i = 0; i < count; ++i) {
    const std::string name = "name:" + std::to_string(i);
    pipeline.hset("h", name, i).sadd("s", name).zadd("z", {{name, i}});
  }
  pipeline.exec();
  std::set<std::string> names;
  for (auto& [field, value] : redis().hscan_all("h")) names.insert(field + "=" + value);
  EXPECT_EQ(names.size(), count);
  EXPECT_TRUE(names.contains("name:1999=1999"));
  names.clear();
  for (auto& member : redis().sscan_all("s")) names.insert(member);
  EXPECT_EQ(names.size(), count);
  double sum = 0;
  for (auto& [member, score] : redis().zscan_all("z", {.match = "name:*"})) sum += score;
  EXPECT_EQ(sum, count * (count - 1) / 2);
}

TEST_F(PinnedTable, HashesAndLists) {
  expect<std::int64_t>(redis().hset("h", {{"f", "v"}, {"g", 1}}), 2);
  expect<std::int64_t>(redis().hset("h", "f", "v"), 0);
  expect<std::unordered_map<std::string, std::string>>(redis().hgetall("h"), {{"f", "v"}, {"g", "1"}});
  if (redis().command_info({"hexpire"}).at(0).is_array()) {
    expect<std::vector<std::int64_t>>(redis().hexpire("h", 10s, {"f", "g"}), {1, 1});
  }
  redis().rpush("l", {"a", "b", "c"});
  expect<OptionalString>(redis().lpop("l"), "a");
  expect<Strings>(redis().lpop("l", 2), {"b", "c"});
  expect<OptionalString>(redis().lpop("l"), std::nullopt);
  expect<Strings>(redis().lpop("l", 2), {});
}

TEST_F(PinnedTable, SortedSets) {
  expect<std::int64_t>(redis().zadd("z", {{"a", 1.5}, {"b", 2}}), 2);
  expect<std::int64_t>(
      redis().zadd(
          "z",
          {{"a", 3}, {"b", 1}},
          {.condition = ZaddCondition::xx, .comparison = ZaddComparison::gt, .ch = true}),
      1);
  expect<std::optional<double>>(redis().zadd_incr("z", 1.5, "a"), 4.5);
  expect<std::optional<double>>(
      redis().zadd_incr("z", 1, "a", {.condition = ZaddCondition::nx}), std::nullopt);
  expect<std::int64_t>(redis().zadd("z", {{"INCR", 7}}), 1);  // a member's name does not change the reply
  expect<Strings>(redis().zrange("z", 0, -1), {"b", "a", "INCR"});
  expect<std::vector<ScoredMember>>(
      redis().zrange_withscores("z", 0, -1, {.rev = true}), {{"INCR", 7}, {"a", 4.5}, {"b", 2}});
  expect<Strings>(
      redis().zrange("z", "(2", "+inf", {.by = ZrangeBy::score, .limit = {{0, 10}}}), {"a", "INCR"});
  EXPECT_EQ(
      message_of<UsageError>([] {
        redis().zrange("z", 0, -1, {.limit = {{0, 10}}});
      }),
      "ZRANGE: LIMIT needs BYSCORE or BYLEX");
}

TEST_F(PinnedTable, Places) {
  expect<std::int64_t>(
      redis().geoadd("g", {{13.361389, 38.115556, "Palermo"}, {15.087269, 37.502669, "Catania"}}), 2);
  const std::vector<GeoResult> found =
      redis().geosearch("g", from_member("Palermo"), by_radius(200, GeoUnit::km), {.withdist = true});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].member, "Catania");
  EXPECT_NEAR(found[1].distance.value(), 166.27, 0.01);
  EXPECT_FALSE(found[1].hash || found[1].position);
  const std::vector<GeoResult> plain =
      redis().geosearch("g", from_position(15, 37), by_box(400, 400, GeoUnit::km));
  EXPECT_EQ(plain.size(), 2U);
}

TEST_F(PinnedTable, Streams) {
  expect<OptionalString>(redis().xadd("s", "1-1", {{"f", "v"}, {"f", "w"}}, {.maxlen = 10}), "1-1");
  expect<OptionalString>(redis().xadd("none", "*", {{"f", "v"}}, {.nomkstream = true}), std::nullopt);
  const std::vector<StreamMessages> all{
      {.stream = "s", .entries = {{.id = "1-1", .fields = {{"f", "v"}, {"f", "w"}}}}}};
  expect<std::vector<StreamMessages>>(redis().xread({{"s", "0-0"}}, {.count = 10}), all);
  expect<std::vector<StreamMessages>>(redis().xread({{"s", "1-1"}}), {});
  redis().xgroup_create("s", "g", "0");
  expect<std::vector<StreamMessages>>(redis().xreadgroup("g", "c", {{"s", ">"}}), all);
}

TEST_F(PinnedTable, Bitfields) {
  const OptionalIntegers results =
      redis().bitfield("k").incrby("i8", 100, 100).overflow(Overflow::sat).incrby("i8", 100, 100).execute();
  EXPECT_EQ(results, (OptionalIntegers{100, 127}));

  auto pipeline = redis().pipeline();
  pipeline.bitfield("k").get("i8", 100).execute().incr("n");
  expect<std::tuple<OptionalIntegers, std::int64_t>>(
      pipeline.exec().as<OptionalIntegers, std::int64_t>(), {{127}, 1});
  expect<std::tuple<OptionalIntegers, OptionalString>>(
      redis().batch(
          cmd::bitfield("k").overflow(Overflow::fail).incrby("i8", 100, 1).get("i8", "#0").command(),
          cmd::get("n")),
      {{std::nullopt, 0}, "1"});
}

TEST_F(PinnedTable, ScriptsTimeAndCustomCommands) {
  const Reply reply = redis().eval("return {KEYS[1], ARGV[1]}", {"key"}, {"arg"});
  expect<Strings>(reply.as<Strings>(), {"key", "arg"});
  const std::chrono::sys_time<std::chrono::microseconds> time = redis().time();
  EXPECT_LT(std::chrono::abs(time - std::chrono::system_clock::now()), 1min);
  const Reply length = redis().execute({"XLEN", "s"});
  expect<std::int64_t>(length.as<std::int64_t>(), 0);
  auto script = redis().script("return ARGV[1]");
  expect<std::string>(script.exec({}, {"x"}).string(), "x");
  expect<OptionalString>(redis().with({.timeout = 20s}).get("k"), std::nullopt);
}

TEST_F(PinnedTable, PipelinesAndTransactions) {
  for (auto pipeline : {redis().pipeline(), redis().multi()}) {
    redis().flushall();
    pipeline.set("foo", 1);
    pipeline.incr("foo").get("foo");
    auto results = pipeline.exec();
    std::ostringstream printed;
    printed << results;
    EXPECT_EQ(printed.str(), R"([true, 2, "2"])");
    auto [ok, n, v] = results.as<bool, std::int64_t, OptionalString>();
    expect<bool>(ok, true);
    expect<std::int64_t>(n, 2);
    expect<OptionalString>(v, "2");
    EXPECT_EQ(results.get<std::int64_t>(1), 2);
    EXPECT_THROW(static_cast<void>(results.get<bool>(1)), UsageError);
    EXPECT_TRUE(pipeline.empty());
    EXPECT_TRUE(pipeline.exec().empty());
    pipeline.lpush("foo", "x").get("foo");
    EXPECT_EQ(pipeline.exec({.keep_errors = true}).get<OptionalString>(1), "2");
  }
  expect<std::tuple<bool, std::int64_t>>(
      redis().transaction(cmd::set("foo", 1), cmd::incr("foo")), {true, 2});
}

}  // namespace
}  // namespace upstash::test
