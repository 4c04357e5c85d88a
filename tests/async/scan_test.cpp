// AsyncScan: which pages it fetches, when, and what comes out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <upstash/async_redis.hpp>

#include "client_for.hpp"
#include "scripted_server.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using Strings = std::vector<std::string>;

std::string page(int cursor, const std::string& items) {
  return "[\"" + std::to_string(cursor) + "\",[" + items + "]]";
}

struct AsyncScans : testing::Test {
  ScriptedServer server;

  [[nodiscard]] ClientOptions options() const {
    ClientOptions options = options_for(server);
    options.rest_encoding = Encoding::none;
    options.rest_retries = 0;
    return options;
  }
  [[nodiscard]] Strings asked() const {
    Strings bodies;
    for (const RecordedRequest& request : server.requests()) bodies.push_back(request.body);
    return bodies;
  }
  void answer_pages(const Strings& pages) {
    for (const std::string& one : pages) server.enqueue(answer_json(one));
  }
};

TEST_F(AsyncScans, FetchPageAfterPageWithTheCursorOfTheLast) {
  answer_pages({page(17, R"("a","b")"), page(5, ""), page(0, R"("c")")});
  const AsyncRedis redis(options());
  auto scan = redis.scan_all({.match = "u:*", .count = 2});
  EXPECT_EQ(asked().size(), 0U);
  EXPECT_EQ(scan.next().get(), (Strings{"a", "b"}));
  EXPECT_EQ(asked().size(), 1U);
  EXPECT_EQ(scan.next().get(), Strings{});
  EXPECT_EQ(scan.next().get(), Strings{"c"});
  EXPECT_EQ(scan.next().get(), std::nullopt);
  EXPECT_EQ(scan.next().get(), std::nullopt);
  EXPECT_EQ(
      asked(),
      (Strings{
          R"(["SCAN","0","MATCH","u:*","COUNT","2"])",
          R"(["SCAN","17","MATCH","u:*","COUNT","2"])",
          R"(["SCAN","5","MATCH","u:*","COUNT","2"])"}));
}

TEST_F(AsyncScans, CallAFunctionForEachItemThatIsLeft) {
  answer_pages({page(17, R"("f","1")"), page(5, R"("g","2","h","3")"), page(0, "")});
  const AsyncRedis redis(options());
  auto scan = redis.hscan_all("h");
  EXPECT_EQ(scan.next().get(), (std::vector<FieldValue>{{"f", "1"}}));
  std::vector<FieldValue> items;
  scan.for_each([&](FieldValue item) { items.push_back(std::move(item)); }).get();
  EXPECT_EQ(items, (std::vector<FieldValue>{{"g", "2"}, {"h", "3"}}));
  scan.for_each([](const FieldValue&) { FAIL(); }).get();
  EXPECT_EQ(asked().size(), 3U);
}

TEST_F(AsyncScans, EndWithTheErrorOfAPage) {
  server.enqueue(answer_json(page(17, R"("a")")));
  server.enqueue(answer(400, R"({"error":"ERR busy"})"));
  server.enqueue(answer_json(page(0, R"("b")")));
  const AsyncRedis redis(options());
  auto scan = redis.scan_all();
  Strings items;
  const auto keep = [&](std::string item) { items.push_back(std::move(item)); };
  EXPECT_EQ(thrown_by<ServerError>([&] { scan.for_each(keep).get(); }).reply(), "ERR busy");
  EXPECT_EQ(items, Strings{"a"});
  scan.for_each(keep).get();  // asks for the same page again
  EXPECT_EQ(items, (Strings{"a", "b"}));
  EXPECT_EQ(asked().at(2), R"(["SCAN","17"])");
}

TEST_F(AsyncScans, EndWithWhatTheFunctionThrows) {
  answer_pages({page(17, R"("a")"), page(0, R"("b")")});
  const AsyncRedis redis(options());
  auto scan = redis.scan_all();
  auto future = scan.for_each([](const std::string&) { throw std::out_of_range("enough"); });
  EXPECT_THROW(future.get(), std::out_of_range);
  EXPECT_EQ(scan.next().get(), Strings{"b"});
}

TEST_F(AsyncScans, HaveOnePageOnItsWay) {
  server.set_default(stall(answer_json(page(0, ""))));
  const AsyncRedis redis(options());
  auto scan = redis.scan_all();
  auto first = scan.next();
  EXPECT_THROW(static_cast<void>(scan.next()), UsageError);
  EXPECT_THROW(static_cast<void>(scan.for_each([](const std::string&) {})), UsageError);
  server.wait_for_requests(1);
  server.release();
  EXPECT_EQ(first.get(), Strings{});
  EXPECT_EQ(scan.next().get(), std::nullopt);
}

TEST_F(AsyncScans, MayGoWhileAPageIsOnItsWay) {
  server.enqueue(stall(answer_json(page(17, R"("a")"))));
  server.enqueue(answer_json(page(0, R"("b")")));
  const AsyncRedis redis(options());
  Strings items;
  auto future = redis.scan_all().for_each([&](std::string item) { items.push_back(std::move(item)); });
  server.wait_for_requests(1);
  server.release();
  future.get();
  EXPECT_EQ(items, (Strings{"a", "b"}));

  server.enqueue(stall(answer_json(page(17, R"("c")"))));
  auto page_of_none = redis.scan_all().next();
  server.wait_for_requests(3);
  server.release();
  EXPECT_EQ(page_of_none.get(), Strings{"c"});
}

TEST_F(AsyncScans, EndWithTheirClient) {
  server.enqueue(answer_json(page(17, R"("a")")));
  server.set_default(stall());
  auto redis = std::make_unique<AsyncRedis>(options());
  auto scan = std::make_unique<AsyncScan<std::string>>(redis->scan_all());
  auto future = scan->for_each([](const std::string&) {});
  server.wait_for_requests(2);
  redis.reset();
  EXPECT_FALSE(future.ready());  // the scan is a handle as well
  scan.reset();
  EXPECT_THROW(future.get(), CancelledError);
}

TEST_F(AsyncScans, GoNoFurtherThanTheEndOfTheirClient) {
  server.enqueue(stall(answer_json(page(17, R"("a")"))));
  auto redis = std::make_unique<AsyncRedis>(options());
  auto future = redis->scan_all().for_each([&](const std::string&) { redis.reset(); });
  server.wait_for_requests(1);
  server.release();  // the scan has gone: the client ends in the callback
  EXPECT_EQ(thrown_by<CancelledError>([&] { future.get(); }).outcome(), Outcome::not_executed);
  EXPECT_EQ(asked().size(), 1U);
}

TEST_F(AsyncScans, RunOnTheExecutor) {
  answer_pages({page(17, R"("a")"), page(0, R"("b")")});
  ClientOptions with_executor = options();
  int runs = 0;
  with_executor.executor = [&](const std::function<void()>& task) {
    ++runs;
    task();
  };
  const AsyncRedis redis(with_executor);
  redis.scan_all().for_each([](const std::string&) {}).get();
  EXPECT_GE(runs, 1);
}

/// How far apart the stack frames of its calls are.
class StackDepth {
 public:
  void look() {
    // Not a variable's address, which AddressSanitizer may have on a stack of its own.
    const auto address = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    lowest_ = std::min(lowest_, address);
    highest_ = std::max(highest_, address);
  }
  [[nodiscard]] std::uintptr_t spread() const { return highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = UINTPTR_MAX;
  std::uintptr_t highest_ = 0;
};

TEST_F(AsyncScans, DoNotPileUpOverThousandsOfPages) {
  constexpr int pages = 2000;
  int number = 1;
  server.enqueue(stall(answer_json(page(number, "\"x\""))));
  server.set_default(respond([&](const RecordedRequest&) {
    ++number;
    return answer_json(page(number % pages, "\"x\""));
  }));
  const AsyncRedis redis(options());
  int items = 0;
  StackDepth depth;
  auto end = redis.scan_all().for_each([&](const std::string&) {
    ++items;
    depth.look();
  });
  server.wait_for_requests(1);
  server.release();  // so that all calls are on the client's thread
  end.get();
  EXPECT_EQ(items, pages);
  EXPECT_LT(depth.spread(), 4096U);
}

/// Pages that are there as soon as they are asked for.
struct ReadyPages {
  using Item = int;
  using Reservation = std::unique_ptr<int>;

  [[nodiscard]] static std::shared_ptr<const detail::Executor> executor() { return nullptr; }
  [[nodiscard]] static Reservation reserve() { return nullptr; }
  [[nodiscard]] bool done() const { return left == 0; }
  [[nodiscard]] Future<ScanPage<int>> fetch() const {
    return detail::ready_future<ScanPage<int>>(ScanPage<int>{.cursor = "1", .items = {left}});
  }
  std::vector<int> items_of(ScanPage<int> page) {
    --left;
    return std::move(page.items);
  }

  int left = 10'000;
};

TEST(ForEachItem, GoesThroughPagesThatAreReadyAtOnceInALoop) {
  StackDepth depth;
  int items = 0;
  const auto look = [&](int) {
    ++items;
    depth.look();
  };
  using State = detail::ForEachItem<ReadyPages, decltype(look)>;
  const detail::StateRef<State> state(new State(std::make_shared<ReadyPages>(), look));
  state->start();
  EXPECT_TRUE(state->ready());
  EXPECT_EQ(items, 10'000);
  EXPECT_EQ(depth.spread(), 0U);
}

}  // namespace
}  // namespace upstash::test
