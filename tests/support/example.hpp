// The examples of the catalogue as tests: what goes over the wire, how replies are read, what a server answers.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <upstash/async_redis.hpp>
#include <upstash/redis.hpp>

#include "data.hpp"

namespace upstash::test {

/// How a server's result must agree with the example's.
enum class Match : std::uint8_t {
  exact,
  unordered,  ///< The elements of lists may come in another order.
  type,       ///< Only the type must be the same.
  near,       ///< Numbers may differ by the example's tolerance.
};

struct Example {
  std::string_view command;
  std::string_view since;  ///< The oldest server that has all of what it uses.
  std::vector<std::string> keys{};
  std::vector<std::vector<std::string>> setup{};
  std::vector<std::string> wire;
  Data reply;   ///< As it comes, before it gets a type.
  Data result;  ///< What the call returns.
  Match match = Match::exact;
  double tolerance = 0;
  bool database_wide = false;  ///< It touches more than its keys.
};

/// Names the keys of an example, with a prefix where they share a database with others.
class Keys {
 public:
  explicit Keys(std::string prefix = "") : prefix_(std::move(prefix)) {}
  std::string operator()(std::string_view name) const { return prefix_ + std::string(name); }

 private:
  std::string prefix_;
};

/// The call of an example, `[](auto& redis, const Keys& key) { … }`, without its type.
class AnyCall {
 public:
  template <class Call>
    requires std::is_empty_v<Call>
  AnyCall(const Call&)
      : redis_([](const Redis& redis, const Keys& keys) {
          if constexpr (std::is_void_v<Returned<Call>>) {
            Call{}(redis, keys);
            return Data(Ok{});
          } else {
            return to_data(Call{}(redis, keys));
          }
        }),
        async_redis_([](const AsyncRedis& redis, const Keys& keys) {
          if constexpr (std::is_void_v<Returned<Call>>) {
            Call{}(redis, keys).get();
            return Data(Ok{});
          } else {
            return to_data(Call{}(redis, keys).get());
          }
        }),
        pipeline_([](Pipeline& pipeline, const Keys& keys) { Call{}(pipeline, keys); }),
        result_([](const PipelineResults& results) {
          using Result = std::conditional_t<std::is_void_v<Returned<Call>>, Ok, Returned<Call>>;
          return to_data(results.get<Result>(0));
        }) {}

  /// Makes the call and returns its result, or the server's error.
  Data on(const Redis& redis, const Keys& keys) const { return result_of(redis_, redis, keys); }
  Data on(const AsyncRedis& redis, const Keys& keys) const { return result_of(async_redis_, redis, keys); }
  Data on(Pipeline pipeline, const Keys& keys) const {
    pipeline_(pipeline, keys);
    return result_of([&] { return result_(pipeline.exec()); });
  }

 private:
  template <class Function, class... Arguments>
  static Data result_of(Function function, const Arguments&... arguments) {
    try {
      return function(arguments...);
    } catch (const ServerError& failure) {
      return error(failure.reply());
    }
  }
  template <class Call>
  using Returned = decltype(Call{}(std::declval<const Redis&>(), std::declval<const Keys&>()));

  Data (*redis_)(const Redis& redis, const Keys& keys);
  Data (*async_redis_)(const AsyncRedis& redis, const Keys& keys);
  void (*pipeline_)(Pipeline& pipeline, const Keys& keys);
  Data (*result_)(const PipelineResults& results);
};

/// The call sends exactly the example's wire arguments, from a Redis and from a Pipeline.
void expect_wire(const Example& example, const AnyCall& call);
/// The example's raw reply becomes its result, in each encoding.
void expect_reply(const Example& example, const AnyCall& call);

/// The items of an iteration.
template <class Item>
Data all_of(ScanRange<Item> range) {
  std::vector<Data> items;
  for (const auto& item : range) items.push_back(to_data(item));
  return list(std::move(items));
}
template <class Item>
Data all_of(AsyncScan<Item> scan) {
  std::vector<Data> items;
  while (const auto page = scan.next().get()) {
    for (const auto& item : *page) items.push_back(to_data(item));
  }
  return list(std::move(items));
}

/// An iteration, `[](auto& redis, const Keys& key) { return all_of(…); }`, without its type.
struct AnyIteration {
  template <class Call>
  AnyIteration(const Call& call) : on_redis(call), on_async_redis(call) {}

  Data (*on_redis)(const Redis& redis, const Keys& keys);
  Data (*on_async_redis)(const AsyncRedis& redis, const Keys& keys);
};
/// The call goes through all pages: it asks for the first one as the example does and for the second one with the
/// cursor of the first, and returns the items of both.
void expect_all_items(const Example& example, const AnyIteration& call);

/// A test against a server: the one that UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN name, if
/// UPSTASH_TEST_REMOTE=1, or else the local server (UPSTASH_LOCAL_SERVER, or as built), started once per process and
/// empty before each example. It starts a redis-server, or is in front of the one that UPSTASH_TEST_REDIS_URL names.
class LiveTest : public testing::Test {
 protected:
  /// The server answers the call with the example's result.
  void expect_live(const Example& example, const AnyCall& call);

  /// Adds a line to the file that UPSTASH_TEST_LIVE_LOG names, if it does: the command, the server, "exercised", "failed"
  /// or "skipped", and why skipped, with tabs between them. tests/server/live_summary.py reads it.
  void TearDown() override;

 private:
  std::string_view command_;  ///< "" as long as there is no server
  std::string_view skipped_;  ///< why, in the words of the summary
};

}  // namespace upstash::test
