// The typed results of a pipeline: reading, moving, printing, errors kept, and nothing leaked.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <upstash/error.hpp>
#include <upstash/pipeline.hpp>

#include "command_builder.hpp"
#include "reply_document.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

namespace shape = detail::shape;

/// A result that counts how many of it there are. With padding it does not fit into a slot.
template <std::size_t padding>
struct Counted {
  static inline int alive = 0;

  explicit Counted(std::string content) : text(std::move(content)) { ++alive; }
  Counted(const Counted& other) : text(other.text) { ++alive; }
  Counted(Counted&& other) noexcept : text(std::move(other.text)) { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) noexcept = default;
  ~Counted() { --alive; }

  std::string text;
  std::array<char, padding> rest{};
};

template <std::size_t padding>
void print(std::ostream& out, const Counted<padding>& counted) {
  out << "counted " << counted.text;
}

template <std::size_t padding>
struct CountedShape {
  using Type = Counted<padding>;
  static std::string name() { return "Counted"; }
  static Type parse(const detail::ReplyNode& node) {
    Type made("made before the check of the reply, which throws");
    made.text = shape::String::parse(node);
    return made;
  }
};

using Small = Counted<1>;
using Large = Counted<200>;
static_assert(sizeof(Small) <= 64 && sizeof(Large) > 64);

template <class Shape>
detail::ResultBox box(std::string name, std::string_view resp2) {
  detail::ResultBox made(std::move(name), detail::result_type<Shape>);
  made.parse(detail::ReplyDocument(std::string(resp2), detail::StringEncoding::plain, 128).root());
  return made;
}

detail::ResultBox failed(std::string name, std::string_view reply) {
  detail::ResultBox made(name, detail::result_type<shape::Integer>);
  made.fail(std::make_shared<const ServerError>(name + " at a.io", reply, "", name, 200));
  return made;
}

template <class... Box>
PipelineResults results_of(Box... boxes) {
  std::vector<detail::ResultBox> list;
  (list.push_back(std::move(boxes)), ...);
  return PipelineResults(std::move(list));
}

PipelineResults three() {
  return results_of(
      box<shape::OkOrNil>("SET", "+OK\r\n"),
      box<shape::Integer>("INCR", ":2\r\n"),
      box<shape::Optional<shape::String>>("GET", "$1\r\n2\r\n"));
}

std::string printed(const PipelineResults& results) {
  std::ostringstream out;
  out << results;
  return out.str();
}

TEST(PipelineResultsGet, GivesEachSlotInItsOwnType) {
  const PipelineResults results = three();
  EXPECT_EQ(results.size(), 3U);
  EXPECT_FALSE(results.empty());
  EXPECT_TRUE(results.get<bool>(0));
  EXPECT_EQ(results.get<std::int64_t>(1), 2);
  EXPECT_EQ(results.get<std::optional<std::string>>(2), "2");
  EXPECT_EQ(results.command(1), "INCR");
  EXPECT_EQ(results.error(1), nullptr);
}

TEST(PipelineResultsGet, MovesOutOfATemporary) {
  PipelineResults results = results_of(box<shape::String>("GET", "$40\r\n" + std::string(40, 'x') + "\r\n"));
  const char* const bytes = results.get<std::string>(0).data();
  const std::string moved = std::move(results).get<std::string>(0);
  EXPECT_EQ(moved.data(), bytes);
}

TEST(PipelineResultsGet, AWrongTypeNamesSlotCommandAndType) {
  const PipelineResults results = three();
  const std::string message = message_of<UsageError>([&] { static_cast<void>(results.get<int>(2)); });
  EXPECT_TRUE(holds(message, "slot 2 (GET)")) << message;
  EXPECT_TRUE(holds(message, "std::optional<std::string>")) << message;
  EXPECT_NO_THROW(
      static_cast<void>(message_of<UsageError>([&] { static_cast<void>(three().get<std::string>(0)); })));
}

TEST(PipelineResultsGet, AMissingSlotNamesBothNumbers) {
  const PipelineResults results = three();
  for (const std::string& message :
       {message_of<UsageError>([&] { static_cast<void>(results.get<bool>(3)); }),
        message_of<UsageError>([&] { static_cast<void>(results.error(3)); }),
        message_of<UsageError>([&] { static_cast<void>(results.command(3)); })}) {
    EXPECT_TRUE(holds(message, "slot 3")) << message;
    EXPECT_TRUE(holds(message, "3 commands")) << message;
  }
}

TEST(PipelineResultsAs, GivesATuple) {
  const PipelineResults results = three();
  const auto [ok, number, text] = results.as<bool, std::int64_t, std::optional<std::string>>();
  EXPECT_TRUE(ok);
  EXPECT_EQ(number, 2);
  EXPECT_EQ(text, "2");
  EXPECT_EQ(
      (three().as<bool, std::int64_t, std::optional<std::string>>()),
      (std::tuple{true, std::int64_t{2}, std::optional<std::string>("2")}));
  EXPECT_EQ(PipelineResults().as<>(), std::tuple<>());
}

TEST(PipelineResultsAs, RefusesAnotherNumberAndAnotherType) {
  const PipelineResults results = three();
  const std::string size =
      message_of<UsageError>([&] { static_cast<void>(results.as<bool, std::int64_t>()); });
  EXPECT_TRUE(holds(size, "2 types")) << size;
  EXPECT_TRUE(holds(size, "3 commands")) << size;
  const std::string type = message_of<UsageError>(
      [&] { static_cast<void>(results.as<bool, double, std::optional<std::string>>()); });
  EXPECT_TRUE(holds(type, "slot 1 (INCR)")) << type;
  EXPECT_TRUE(holds(type, "std::int64_t")) << type;
}

TEST(PipelineResultsErrors, AreKeptInTheirSlotAndThrownWhenItIsRead) {
  const PipelineResults results =
      results_of(box<shape::Integer>("INCR", ":1\r\n"), failed("INCR", "WRONGTYPE x"));
  EXPECT_EQ(results.get<std::int64_t>(0), 1);
  ASSERT_NE(results.error(1), nullptr);
  EXPECT_EQ(results.error(1)->code(), "WRONGTYPE");
  EXPECT_EQ(
      thrown_by<ServerError>([&] { static_cast<void>(results.get<std::int64_t>(1)); }).code(), "WRONGTYPE");
  EXPECT_NO_THROW(static_cast<void>(
      thrown_by<ServerError>([&] { static_cast<void>(results.as<std::int64_t, std::int64_t>()); })));
  EXPECT_NO_THROW(static_cast<void>(thrown_by<UsageError>([&] { static_cast<void>(results.get<bool>(1)); })));
}

TEST(PipelineResultsPrinting, ShowsValuesAndErrors) {
  EXPECT_EQ(printed(three()), R"([true, 2, "2"])");
  EXPECT_EQ(printed(PipelineResults()), "[]");
  EXPECT_EQ(
      printed(results_of(failed("INCR", "WRONGTYPE x"), box<shape::Status>("MSET", "+OK\r\n"))),
      "[error: WRONGTYPE x, OK]");
  EXPECT_EQ(printed(results_of(box<CountedShape<200>>("X", "+big\r\n"))), "[counted big]");
}

TEST(PipelineResultsMove, LeavesTheSourceEmptyAndUsable) {
  PipelineResults source = three();
  PipelineResults target = std::move(source);
  EXPECT_EQ(target.size(), 3U);
  EXPECT_EQ(source.size(), 0U);  // NOLINT: that is what is promised
  EXPECT_EQ(printed(source), "[]");
  EXPECT_NO_THROW(static_cast<void>(message_of<UsageError>([&] { static_cast<void>(source.get<bool>(0)); })));
  source = std::move(target);
  EXPECT_EQ(source.get<std::int64_t>(1), 2);
  target = PipelineResults();
  EXPECT_TRUE(target.empty());
}

template <class Counted, std::size_t padding>
void expect_all_destroyed() {
  {
    detail::ResultBox first = box<CountedShape<padding>>("A", "$40\r\n" + std::string(40, 'a') + "\r\n");
    EXPECT_EQ(Counted::alive, 1);
    detail::ResultBox second = std::move(first);
    EXPECT_EQ(Counted::alive, 1);
    EXPECT_EQ(static_cast<const Counted*>(std::as_const(second).value())->text, std::string(40, 'a'));
    detail::ResultBox third = box<CountedShape<padding>>("B", "+b\r\n");
    EXPECT_EQ(Counted::alive, 2);
    third = std::move(second);
    EXPECT_EQ(Counted::alive, 1);
    EXPECT_EQ(third.command(), "A");
    EXPECT_EQ(static_cast<const Counted*>(std::as_const(third).value())->text, std::string(40, 'a'));
    // Into a slot of the other size.
    detail::ResultBox other = box<shape::Integer>("C", ":1\r\n");
    other = std::move(third);
    EXPECT_EQ(Counted::alive, 1);
    other = box<shape::Integer>("C", ":1\r\n");
    EXPECT_EQ(Counted::alive, 0);
    detail::ResultBox again = box<CountedShape<padding>>("A", "+a\r\n");
    again.parse(detail::ReplyNode::of_string("parsed twice"));
    EXPECT_EQ(Counted::alive, 1);
  }
  EXPECT_EQ(Counted::alive, 0);
}

TEST(ResultBox, DestroysItsResultExactlyOnce) {
  expect_all_destroyed<Small, 1>();
  expect_all_destroyed<Large, 200>();
}

TEST(ResultBox, ManyGrowWithTheirVector) {
  {
    std::vector<detail::ResultBox> boxes;
    for (int i = 0; i < 100; ++i) {
      boxes.push_back(box<CountedShape<1>>("S", "+small\r\n"));
      boxes.push_back(box<CountedShape<200>>("L", "+large\r\n"));
    }
    const PipelineResults results(std::move(boxes));
    EXPECT_EQ(results.get<Small>(0).text, "small");
    EXPECT_EQ(results.get<Large>(199).text, "large");
    EXPECT_EQ(Small::alive + Large::alive, 200);
  }
  EXPECT_EQ(Small::alive + Large::alive, 0);
}

TEST(ResultBox, AReplyThatIsRefusedLeavesItEmptyAndNothingLeaked) {
  EXPECT_THROW(static_cast<void>(box<CountedShape<1>>("S", ":1\r\n")), detail::ShapeError);
  EXPECT_THROW(static_cast<void>(box<CountedShape<200>>("L", ":1\r\n")), detail::ShapeError);
  EXPECT_EQ(Small::alive + Large::alive, 0);
  {
    detail::ResultBox filled = box<CountedShape<200>>("L", "+first\r\n");
    EXPECT_THROW(filled.parse(detail::ReplyNode::of_integer(1)), detail::ShapeError);
    EXPECT_EQ(Large::alive, 0);
    filled.parse(detail::ReplyNode::of_string("second"));
    EXPECT_EQ(Large::alive, 1);
  }
  EXPECT_EQ(Large::alive, 0);
}

TEST(ResultSlot, DestroysOnlyWhatWasPutThere) {
  {
    const detail::ResultSlot<Large> empty;
    detail::ResultSlot<Large> filled;
    new (filled.address()) Large("x");
    filled.set_filled();
    EXPECT_EQ(filled.take().text, "x");
  }
  EXPECT_EQ(Large::alive, 0);
}

}  // namespace
}  // namespace upstash::test
