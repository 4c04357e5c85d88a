// Ranges over SCAN-like iterations: which pages they fetch, when, and what comes out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <upstash/commands.hpp>
#include <upstash/scan_range.hpp>

#include "client.hpp"
#include "fake_transport.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using Strings = std::vector<std::string>;
using Keys = ScanRange<std::string>;

static_assert(std::input_iterator<Keys::Iterator>);
static_assert(!std::forward_iterator<Keys::Iterator>);
static_assert(std::sentinel_for<std::default_sentinel_t, Keys::Iterator>);
static_assert(std::ranges::input_range<Keys>);
static_assert(!std::ranges::forward_range<Keys>);
static_assert(std::ranges::viewable_range<Keys>);
static_assert(std::same_as<std::ranges::range_reference_t<Keys>, std::string&>);

/// A server with these pages, and what it was asked.
class Pages {
 public:
  explicit Pages(Strings replies)
      : transport_(std::make_shared<FakeTransport>(
            [replies = std::move(replies)](const HttpRequest&, std::size_t number) {
              return HttpResponse{.status = 200, .body = replies.at(number - 1), .sync_token = {}};
            })) {}

  [[nodiscard]] Keys scan_all(const ScanOptions& options = {}) const {
    return {session(), cmd::scan("0", options), 1};
  }
  [[nodiscard]] ScanRange<FieldValue> hscan_all(
      std::string_view key, const HscanOptions& options = {}) const {
    return {session(), cmd::hscan(key, "0", options), 2};
  }

  [[nodiscard]] Strings asked() const {
    Strings bodies;
    for (const auto& request : transport_->sent()) bodies.push_back(request.body);
    return bodies;
  }
  [[nodiscard]] std::string last_url() const { return transport_->sent().back().url; }

 private:
  [[nodiscard]] detail::Session session() const {
    return {
        std::make_shared<detail::Client>(ClientOptions{
            .url = "https://fake.example",
            .token = "token",
            .rest_encoding = Encoding::none,
            .rest_retries = 0,
            .transport = transport_}),
        {}};
  }

  std::shared_ptr<FakeTransport> transport_;
};

Strings items_of(Keys range) {
  Strings items;
  for (const std::string& item : range) items.push_back(item);
  return items;
}

TEST(ScanRanges, FetchPageAfterPageWithTheCursorOfTheLast) {
  const Pages pages(
      {R"({"result":["17",["a","b"]]})", R"({"result":["5",["c"]]})", R"({"result":["0",["d"]]})"});
  EXPECT_EQ(items_of(pages.scan_all({.match = "u:*", .count = 2})), (Strings{"a", "b", "c", "d"}));
  EXPECT_EQ(
      pages.asked(),
      (Strings{
          R"(["SCAN","0","MATCH","u:*","COUNT","2"])",
          R"(["SCAN","17","MATCH","u:*","COUNT","2"])",
          R"(["SCAN","5","MATCH","u:*","COUNT","2"])"}));
}

TEST(ScanRanges, SkipPagesWithoutItems) {
  const Pages pages(
      {R"({"result":["1",[]]})",
       R"({"result":["2",["a"]]})",
       R"({"result":["3",[]]})",
       R"({"result":["4",[]]})",
       R"({"result":["5",["b"]]})",
       R"({"result":["0",[]]})"});
  EXPECT_EQ(items_of(pages.scan_all()), (Strings{"a", "b"}));
  EXPECT_EQ(pages.asked().size(), 6U);
}

TEST(ScanRanges, MayHaveNoItemAtAll) {
  EXPECT_EQ(items_of(Pages({R"({"result":["0",[]]})"}).scan_all()), Strings{});
  EXPECT_EQ(items_of(Pages({R"({"result":["9",[]]})", R"({"result":["0",[]]})"}).scan_all()), Strings{});
}

TEST(ScanRanges, FetchNothingBeforeItIsNeeded) {
  const Pages pages({R"({"result":["17",["a","b"]]})", R"({"result":["0",["c"]]})"});
  auto range = pages.scan_all();
  EXPECT_EQ(pages.asked().size(), 0U);
  for (const std::string& item : range) {
    if (item == "b") break;
  }
  EXPECT_EQ(pages.asked().size(), 1U);
}

TEST(ScanRanges, OwnWhatTheyNeed) {
  const Pages pages({R"({"result":["17",["f","1"]]})", R"({"result":["0",["g","2"]]})"});
  std::optional<ScanRange<FieldValue>> range;
  {
    std::string key(100, 'k');
    std::string pattern(100, 'p');
    range = pages.hscan_all(key, {.match = pattern});
    key.assign(100, 'x');
    pattern.assign(100, 'x');
  }
  std::vector<FieldValue> items;
  for (auto& [field, value] : *range) items.push_back({std::move(field), std::move(value)});
  EXPECT_EQ(items, (std::vector<FieldValue>{{"f", "1"}, {"g", "2"}}));
  const std::string key(100, 'k');
  const std::string rest = R"("MATCH",")" + std::string(100, 'p') + R"("])";
  EXPECT_EQ(
      pages.asked(),
      (Strings{R"(["HSCAN",")" + key + R"(","0",)" + rest, R"(["HSCAN",")" + key + R"(","17",)" + rest}));
}

TEST(ScanRanges, TakeCursorsAsText) {
  const Pages pages({R"({"result":["18446744073709551615",["a"]]})", R"({"result":["0",["b"]]})"});
  EXPECT_EQ(items_of(pages.scan_all()), (Strings{"a", "b"}));
  EXPECT_EQ(pages.asked().at(1), R"(["SCAN","18446744073709551615"])");
}

TEST(ScanRanges, KeepAnArgumentThatIsNotUtf8) {
  const Pages pages({R"({"result":["17",["f","1"]]})", R"({"result":["0",[]]})"});
  for (const auto& item : pages.hscan_all("\xff\xfe")) EXPECT_EQ(item.field, "f");
  EXPECT_EQ(pages.asked(), (Strings{"\xff\xfe", "\xff\xfe"}));
  EXPECT_EQ(pages.last_url(), "https://fake.example/HSCAN?17");
}

TEST(ScanRanges, ThrowTheErrorsOfEachPage) {
  const Pages broken({R"({"error":"WRONGTYPE x"})"});
  auto never_begun = broken.scan_all();
  EXPECT_EQ(thrown_by<ServerError>([&] { static_cast<void>(never_begun.begin()); }).code(), "WRONGTYPE");

  const Pages pages({R"({"result":["17",["a"]]})", R"({"error":"ERR busy"})", R"({"result":["0",["b"]]})"});
  auto range = pages.scan_all();
  auto position = range.begin();
  EXPECT_EQ(*position, "a");
  EXPECT_EQ(thrown_by<ServerError>([&] { ++position; }).reply(), "ERR busy");
  EXPECT_TRUE(position == range.end());
  ++position;  // asks for the same page again
  EXPECT_EQ(*position, "b");
  EXPECT_EQ(pages.asked().at(2), R"(["SCAN","17"])");
}

TEST(ScanRanges, StayAtTheEnd) {
  const Pages pages({R"({"result":["0",["a"]]})"});
  auto range = pages.scan_all();
  auto position = range.begin();
  ++position;
  ++position;
  EXPECT_TRUE(position == std::default_sentinel);
  EXPECT_EQ(pages.asked().size(), 1U);
}

TEST(ScanRanges, BeginAgainFromTheStart) {
  const Pages pages(
      {R"({"result":["17",["a"]]})",
       R"({"result":["0",["b"]]})",
       R"({"result":["18",["a"]]})",
       R"({"result":["0",["b"]]})"});
  auto range = pages.scan_all();
  for (int i = 0; i < 2; ++i) {
    Strings items;
    for (std::string& item : range) items.push_back(std::move(item));
    EXPECT_EQ(items, (Strings{"a", "b"}));
  }
  EXPECT_EQ(
      pages.asked(), (Strings{R"(["SCAN","0"])", R"(["SCAN","17"])", R"(["SCAN","0"])", R"(["SCAN","18"])"}));
}

TEST(ScanRanges, WorkWithAlgorithmsAndViews) {
  const Strings replies{R"({"result":["17",["a","b"]]})", R"({"result":["0",["c"]]})"};
  Strings items;
  std::ranges::copy(Pages(replies).scan_all(), std::back_inserter(items));
  EXPECT_EQ(items, (Strings{"a", "b", "c"}));
  auto range = Pages(replies).scan_all();
  EXPECT_EQ(std::ranges::distance(range), 3);
  auto found = Pages(replies).scan_all();
  EXPECT_EQ(*std::ranges::find(found, "c"), "c");
}

TEST(ScanRanges, AreTakenByViews) {
  const Pages pages({R"({"result":["17",["a","b"]]})", R"({"result":["0",["c"]]})"});
  Strings items;
  for (const std::string& item :
       pages.scan_all() | std::views::filter([](const std::string& key) { return key != "a"; })) {
    items.push_back(item);
  }
  EXPECT_EQ(items, (Strings{"b", "c"}));
}

TEST(WithArgument, ReplacesOneArgument) {
  const auto command = cmd::hscan("h", "0", {.count = 5});
  EXPECT_EQ(detail::with_argument(command, 2, "a\"b").json, R"(["HSCAN","h","a\"b","COUNT","5"])");
  const auto binary = detail::with_argument(cmd::hscan("\xff", "0"), 2, "1");
  EXPECT_EQ(binary.json, R"(["HSCAN","","1"])");
  ASSERT_NE(binary.binary, nullptr);
  EXPECT_EQ(binary.binary->index, 1U);
  EXPECT_EQ(binary.binary->bytes, "\xff");
}

}  // namespace
}  // namespace upstash::test
