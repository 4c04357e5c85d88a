// The shapes that users are promised: if this does not compile, a promise is broken.
#include <gtest/gtest.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/redis.hpp>

namespace {

using namespace std::chrono_literals;
using upstash::ExpireCondition;
using upstash::Pipeline;
using upstash::Redis;
using upstash::SetCondition;
namespace cmd = upstash::cmd;

using OptionalString = std::optional<std::string>;
using Strings = std::vector<std::string>;
using OptionalStrings = std::vector<OptionalString>;
using Integers = std::vector<std::int64_t>;

/// Never called: it is compiled, which is the test.
[[maybe_unused]] void calls_return_what_is_promised(
    const Redis& redis,
    const std::string& text,
    std::string_view view,
    const std::vector<std::string>& keys,
    const std::set<std::string_view>& key_set,
    const std::map<std::string, int>& map,
    const std::vector<std::pair<std::string, double>>& pairs,
    std::chrono::system_clock::time_point instant) {
  std::same_as<bool> auto set = redis.set("k", "v");
  set = redis.set("k", 1);
  set = redis.set(text, view);
  set = redis.set("k", true);
  set = redis.set("k", 1.5F);
  set = redis.set("k", "v", {.expiry = 10s, .condition = SetCondition::nx});
  set = redis.set("k", "v", {.expiry = 1500ms});
  set = redis.set("k", "v", {.expiry = instant});
  set = redis.set("k", "v", {.expiry = upstash::keep_ttl});
  set = redis.set("k", "v", {.condition = SetCondition::ifeq("old")});
  set = redis.expire("k", 10s, {.condition = ExpireCondition::gt});
  set = redis.expireat("k", instant);
  set = redis.expireat("k", std::chrono::sys_seconds{10s});

  std::same_as<OptionalString> auto string = redis.set_get("k", "v", {.expiry = 10s});
  string = redis.get("k");
  string = redis.getex("k", {.expiry = 10s});
  string = redis.getex("k", {.expiry = upstash::persist});
  string = redis.hrandfield("h");

  std::same_as<OptionalStrings> auto strings = redis.mget({"a", "b"});
  strings = redis.mget(keys);
  strings = redis.mget(key_set);

  redis.mset({{"a", 1}, {"b", "x"}});
  redis.mset(map);
  redis.mset(pairs);

  std::same_as<std::int64_t> auto integer = redis.incr("n");
  integer = redis.incrby("n", 5);
  integer = redis.del({"a", "b"});
  integer = redis.del("a");
  integer = redis.exists({"a", text});
  integer = redis.unlink(keys);
  integer = redis.touch(text);
  integer = redis.ttl("k");
  integer = redis.hset("h", {{"f", "v"}, {"g", 1}});
  integer = redis.hset("h", "f", "v");
  integer = redis.hset("h", map);

  std::same_as<double> auto number = redis.incrbyfloat("n", 0.5);
  static_cast<void>(number);

  std::same_as<upstash::ScanPage<std::string>> auto page = redis.scan("0", {.match = "u:*", .count = 100});
  static_cast<void>(page.cursor + page.items.at(0));
  static_cast<void>(page.done());
  for (std::same_as<std::string> auto& key : redis.scan_all({.match = "u:*"})) key.clear();
  for (auto& [field, value] : redis.hscan_all("h")) field = std::move(value);

  std::same_as<std::unordered_map<std::string, std::string>> auto hash = redis.hgetall("h");
  static_cast<void>(hash);
  std::same_as<Integers> auto codes = redis.hexpire("h", 10s, {"f", "g"});
  static_cast<void>(codes);

  std::same_as<upstash::Reply> auto reply = redis.execute({"XLEN", "s"});
  static_cast<void>(reply.as<std::int64_t>());
  reply = redis.eval("return ARGV[1]", {"key"}, {"arg"});
  reply = redis.eval("return 1");
  std::same_as<upstash::Script> auto script = redis.script("return ARGV[1]");
  reply = script.exec({}, {"x"});
  reply = script.exec_ro();
  std::same_as<std::chrono::sys_time<std::chrono::microseconds>> auto time = redis.time();
  static_cast<void>(time);
  string = redis.with({.timeout = 200ms}).get("k");
  string = redis.with({.retries = 0, .stop_token = std::stop_token()}).get("k");

  auto pipeline = redis.pipeline();
  pipeline.set("foo", 1);
  std::same_as<Pipeline> auto& chained = pipeline.incr("foo").get("foo");
  std::same_as<upstash::PipelineResults> auto results = chained.exec();
  auto [ok, n, v] = results.as<bool, std::int64_t, OptionalString>();
  integer = results.get<std::int64_t>(1);
  pipeline.exec({.keep_errors = true});
  std::same_as<std::tuple<bool, std::int64_t, OptionalString>> auto batch =
      redis.batch(cmd::set("foo", 1), cmd::incr("foo"), cmd::get("foo"));
  std::same_as<std::tuple<bool, std::int64_t>> auto transaction =
      redis.transaction(cmd::set("foo", 1), cmd::incr("foo"));
  static_cast<void>(set);
  static_cast<void>(integer);
  static_cast<void>(batch);
  static_cast<void>(transaction);
  pipeline = redis.multi();
}

/// Never called, as above: the families that are named with a dot.
[[maybe_unused]] void families_return_what_is_promised(const Redis& redis) {
  using OptionalIntegers = std::vector<std::optional<std::int64_t>>;

  std::same_as<bool> auto done = redis.json().set("d", "$", R"({"a":1})");
  done = redis.json().set("d", "$", R"({"a":1})", {.condition = upstash::JsonSetCondition::nx});
  std::same_as<OptionalString> auto text = redis.json().get("d", {"$.a"});
  text = redis.json().get("d");
  text = redis.json().get("d", "$.a");
  text = redis.json().get("d", {"$.a", "$.b"}, {.indent = " "});
  std::same_as<OptionalIntegers> auto lengths = redis.json().arrlen("d", "$.l");
  lengths = redis.json().arrlen("d");
  lengths = redis.json().arrappend("d", "$.l", "1");
  lengths = redis.json().arrappend("d", "$.l", {"1", R"("a")"});
  lengths = redis.json().arrindex("d", "$.l", "1", 0, 10);
  std::same_as<OptionalStrings> auto popped = redis.json().arrpop("d", "$.l", 0);
  popped = redis.json().arrpop("d");
  popped = redis.json().mget({"a", "b"}, "$.n");
  redis.json().mset({{"a", "$", "1"}, {"b", "$.x", "[]"}});
  static_cast<void>(redis.json().numincrby("d", "$.n", 1));
  static_cast<void>(redis.json().numincrby("d", "$.n", "100000000000000000000"));

  done = redis.search().create(
      "i",
      upstash::SearchIndexType::hash,
      {"a:", "b:"},
      upstash::SearchSchema().text("t", {.nostem = true}).date("d"),
      {.existsok = true});
  std::same_as<std::optional<std::vector<upstash::SearchHit>>> auto hits = redis.search().query("i", "{}");
  hits = redis.search().query(
      "i",
      "{}",
      {.limit = 5,
       .order = upstash::SearchOrder::desc("d"),
       .select = {"t", "d"},
       .highlight = {.fields = {"t"}, .tags = {{"<b>", "</b>"}}}});
  hits = redis.search().query("i", "{}", {.score = {.fields = {{.field = "n", .factor = 2}}}});

  auto pipeline = redis.pipeline();
  pipeline.json().set("d", "$", "1").json().get("d").search().count("i", "{}");
  std::same_as<std::tuple<bool, OptionalString>> auto batch =
      redis.batch(cmd::json::set("d", "$", "1"), cmd::json::get("d"));
  static_cast<void>(done);
  static_cast<void>(batch);
}

TEST(PinnedApi, ClientOptionsHaveThePromisedDefaults) {
  const upstash::ClientOptions options{.url = "https://u", .token = "t"};
  EXPECT_EQ(options.rest_encoding, upstash::Encoding::base64);
  EXPECT_EQ(options.rest_retries, 1);
  EXPECT_EQ(options.rest_retry_interval, 3000ms);
  EXPECT_TRUE(options.allow_telemetry);
  EXPECT_TRUE(options.read_your_writes);
  EXPECT_EQ(options.timeout, 60'000ms);
  EXPECT_EQ(options.connect_timeout, 10'000ms);
}

TEST(PinnedApi, ACharacterIsNoValue) {
  static_assert(!std::convertible_to<char, upstash::Value>);  // a number or a text? the caller must say
  static_assert(!std::convertible_to<const void*, upstash::Value>);
  static_assert(!std::convertible_to<std::nullptr_t, upstash::Value>);
  static_assert(!std::convertible_to<std::nullopt_t, upstash::Value>);
}

TEST(PinnedApi, ErrorsDeriveAsPromised) {
  static_assert(std::derived_from<upstash::Error, std::runtime_error>);
  static_assert(std::derived_from<upstash::AuthError, upstash::ServerError>);
  static_assert(std::derived_from<upstash::TimeoutError, upstash::TransportError>);
  static_assert(std::derived_from<upstash::CancelledError, upstash::TransportError>);
  static_assert(std::derived_from<upstash::ProtocolError, upstash::Error>);
  static_assert(std::derived_from<upstash::UsageError, upstash::Error>);
  const Redis redis{{.url = "https://name.upstash.io", .token = "token"}};
  EXPECT_THROW((Redis{{.url = "ftp://x", .token = "t"}}), upstash::UsageError);
}

}  // namespace
