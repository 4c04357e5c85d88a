// Replies as typed values: what each shape takes and what it refuses.
#include "reply_shapes.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
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

// Structures as the generator writes them: one by position, one by name.
struct Entry {
  std::string id;
  std::vector<std::string> fields;
  std::int64_t deliveries;
  friend bool operator==(const Entry&, const Entry&) = default;
};
struct Info {
  std::int64_t length;
  std::optional<std::string> last_id;
  std::vector<Entry> entries;
  friend bool operator==(const Info&, const Info&) = default;
};

struct EntryShape {
  using Type = Entry;
  static std::string name() { return "upstash::Entry"; }
  static constexpr std::size_t size = 2;
  static Type parse(const detail::ReplyNode& node) { return parse_members(shape::array_of(node)); }
  static Type parse_members(std::span<const detail::ReplyNode> nodes) {
    const shape::ListMembers members("Entry", nodes, 2);
    return {
        .id = members.get<shape::String>(0, "id"),
        .fields = members.get<shape::List<shape::String>>(1, "fields"),
        .deliveries = members.get<shape::Integer>(2, "deliveries")};
  }
};
struct InfoShape {
  using Type = Info;
  static std::string name() { return "upstash::Info"; }
  static Type parse(const detail::ReplyNode& node) {
    const shape::MapMembers members("Info", node);
    return {
        .length = members.get<shape::Integer>("length"),
        .last_id = members.get<shape::Optional<shape::String>>("last-id"),
        .entries = members.get<shape::List<EntryShape>>("entries")};
  }
};

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

TEST(ReplyShapes, Milliseconds) {
  EXPECT_EQ(shaped<shape::Milliseconds>(":1500\r\n"), std::chrono::milliseconds(1500));
  EXPECT_EQ(shaped<shape::Milliseconds>("$4\r\n-250\r\n"), std::chrono::milliseconds(-250));
  EXPECT_EQ(
      refusal_of<shape::Milliseconds>("+1.5\r\n"),
      "expected a number of milliseconds, got a string of 3 bytes");
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Milliseconds>(nil)));
}

TEST(ReplyShapes, Time) {
  using namespace std::chrono_literals;
  const std::chrono::sys_time<std::chrono::microseconds> leap_day(
      std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) + 23h + 59min + 59s + 7us);
  EXPECT_EQ(shaped<shape::Time>("*2\r\n$10\r\n1709251199\r\n$1\r\n7\r\n"), leap_day);
  EXPECT_EQ(shaped<shape::Time>("*2\r\n:1709251199\r\n:7\r\n"), leap_day);
  EXPECT_EQ(shaped<shape::Time>("*2\r\n+0\r\n+999999\r\n").time_since_epoch(), 999999us);
  EXPECT_EQ(
      refusal_of<shape::Time>("*1\r\n+0\r\n"),
      "expected seconds and microseconds, got an array of 1 elements");
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Time>("*2\r\n+0\r\n+1000000\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Time>("*2\r\n+0\r\n+-1\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Time>("*2\r\n+x\r\n+0\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Time>("*2\r\n+9223372036854775807\r\n+0\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::Time>("*2\r\n+-9223372036854775808\r\n+0\r\n")));
}

TEST(ReplyShapes, WordsFromAListOrOneString) {
  using Strings = std::vector<std::string>;
  EXPECT_EQ(shaped<shape::Words>("+get set  mget\r\n"), (Strings{"get", "set", "mget"}));
  EXPECT_EQ(shaped<shape::Words>("+ get \r\n"), (Strings{"get"}));
  EXPECT_EQ(shaped<shape::Words>("+ \r\n"), Strings{});
  EXPECT_EQ(shaped<shape::Words>("+\r\n"), Strings{});
  EXPECT_EQ(shaped<shape::Words>("*2\r\n+a b\r\n+c\r\n"), (Strings{"a b", "c"}));
  EXPECT_EQ(refusal_of<shape::Words>(one), "expected a list of words, got the integer 1");
}

TEST(ReplyShapes, GeoPosition) {
  EXPECT_EQ(shaped<shape::GeoPosition>("*2\r\n+13.5\r\n+-38\r\n"), (GeoPosition{13.5, -38}));
  EXPECT_EQ(
      shaped<shape::List<shape::Optional<shape::GeoPosition>>>("*2\r\n$-1\r\n*2\r\n+1\r\n+2\r\n"),
      (std::vector<std::optional<GeoPosition>>{std::nullopt, GeoPosition{1, 2}}));
  EXPECT_EQ(
      refusal_of<shape::GeoPosition>("*1\r\n+1\r\n"),
      "expected a longitude and a latitude, got an array of 1 elements");
}

TEST(ReplyShapes, GeoResultTellsItsPartsApart) {
  EXPECT_EQ(shaped<shape::GeoResult>("+Palermo\r\n"), GeoResult{.member = "Palermo"});
  EXPECT_EQ(shaped<shape::GeoResult>("*1\r\n+Palermo\r\n"), GeoResult{.member = "Palermo"});
  EXPECT_EQ(
      shaped<shape::GeoResult>("*4\r\n+7\r\n+190.4424\r\n:3479099956230698\r\n*2\r\n+13.5\r\n+38\r\n"),
      (GeoResult{"7", 190.4424, 3479099956230698, GeoPosition{13.5, 38}}));
  EXPECT_EQ(
      shaped<shape::GeoResult>("*2\r\n+Palermo\r\n*2\r\n+13.5\r\n+38\r\n"),
      (GeoResult{.member = "Palermo", .position = GeoPosition{13.5, 38}}));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::GeoResult>("*0\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::GeoResult>("*2\r\n+a\r\n+far\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::GeoResult>("*2\r\n+a\r\n$-1\r\n")));
  EXPECT_NO_THROW(static_cast<void>(refusal_of<shape::GeoResult>("*2\r\n:1\r\n+1\r\n")));
}

TEST(ReplyShapes, FlatGroupsTheMembersOfItsElements) {
  using Shape = shape::Flat<EntryShape>;
  EXPECT_EQ(
      shaped<Shape>("*4\r\n+1-0\r\n*1\r\n+a\r\n+2-0\r\n*0\r\n"),
      (std::vector<Entry>{{"1-0", {"a"}, 0}, {"2-0", {}, 0}}));
  EXPECT_EQ(shaped<Shape>("*0\r\n"), std::vector<Entry>{});
  EXPECT_EQ(
      refusal_of<Shape>("*1\r\n+1-0\r\n"), "expected an array of groups of 2, got an array of 1 elements");
  EXPECT_EQ(refusal_of<Shape>("*2\r\n+1-0\r\n:1\r\n"), "Entry.fields: expected an array, got the integer 1");
  EXPECT_EQ(shaped<Shape>(nil), std::vector<Entry>{});
}

TEST(ReplyShapes, FirstIsTheOnlyElementIfAny) {
  using Shape = shape::First<shape::List<shape::String>>;
  EXPECT_EQ(shaped<Shape>("*1\r\n+a\r\n"), "a");
  EXPECT_EQ(shaped<Shape>("*0\r\n"), std::nullopt);
  EXPECT_EQ(shaped<Shape>(nil), std::nullopt);
  EXPECT_EQ(
      refusal_of<Shape>("*2\r\n+a\r\n+b\r\n"), "expected at most one element, got an array of 2 elements");
  EXPECT_NO_THROW(static_cast<void>(refusal_of<Shape>(text)));
  EXPECT_EQ(
      shaped<shape::First<shape::Flat<EntryShape>>>("*2\r\n+1-0\r\n*1\r\n+a\r\n"), (Entry{"1-0", {"a"}, 0}));
}

TEST(ReplyShapes, PerPathOfScalars) {
  using Shape = shape::PerPath<shape::Integer>;
  using Integers = std::vector<std::optional<std::int64_t>>;
  EXPECT_EQ(shaped<Shape>("*3\r\n:1\r\n$-1\r\n:3\r\n"), (Integers{1, std::nullopt, 3}));
  EXPECT_EQ(shaped<Shape>("*0\r\n"), Integers{});
  EXPECT_EQ(shaped<Shape>(nil), Integers{});
  EXPECT_EQ(shaped<Shape>(one), Integers{1});
  EXPECT_EQ(refusal_of<Shape>(text), "expected an integer, got a string of 3 bytes");
  EXPECT_EQ(refusal_of<Shape>("*1\r\n*1\r\n:1\r\n"), "expected an integer, got an array of 1 elements");
}

TEST(ReplyShapes, PerPathOfListsTellsAListOfListsFromOneList) {
  using Shape = shape::PerPath<shape::List<shape::String>>;
  using Strings = std::vector<std::string>;
  using Lists = std::vector<std::optional<Strings>>;
  EXPECT_EQ(
      shaped<Shape>("*3\r\n*2\r\n+a\r\n+b\r\n$-1\r\n*0\r\n"),
      (Lists{Strings{"a", "b"}, std::nullopt, Strings{}}));
  EXPECT_EQ(shaped<Shape>("*1\r\n$-1\r\n"), Lists{std::nullopt});
  EXPECT_EQ(shaped<Shape>("*2\r\n+a\r\n+b\r\n"), (Lists{Strings{"a", "b"}}));
  EXPECT_EQ(shaped<Shape>("*0\r\n"), Lists{});
  EXPECT_EQ(shaped<Shape>(nil), Lists{});
  EXPECT_EQ(refusal_of<Shape>(text), "expected an array, got a string of 3 bytes");
  EXPECT_EQ(refusal_of<Shape>("*2\r\n+a\r\n*0\r\n"), "expected a string, got an array of 0 elements");
}

TEST(ReplyShapes, MembersByPosition) {
  EXPECT_EQ(shaped<EntryShape>("*2\r\n+1-0\r\n*1\r\n+a\r\n"), (Entry{"1-0", {"a"}, 0}));
  EXPECT_EQ(shaped<EntryShape>("*3\r\n+1-0\r\n*0\r\n:5\r\n"), (Entry{"1-0", {}, 5}));
  EXPECT_EQ(shaped<EntryShape>("*3\r\n+1-0\r\n*0\r\n$-1\r\n"), (Entry{"1-0", {}, 0}));
  EXPECT_EQ(shaped<EntryShape>("*4\r\n+1-0\r\n*0\r\n:5\r\n+new\r\n"), (Entry{"1-0", {}, 5}));
  EXPECT_EQ(
      refusal_of<EntryShape>("*1\r\n+1-0\r\n"),
      "expected Entry with at least 2 members, got an array of 1 elements");
  EXPECT_EQ(refusal_of<EntryShape>("*2\r\n+1-0\r\n$-1\r\n"), "Entry.fields: expected an array, got nil");
  EXPECT_EQ(
      refusal_of<EntryShape>("*3\r\n+1-0\r\n*0\r\n+x\r\n"),
      "Entry.deliveries: expected an integer, got a string of 1 bytes");
  EXPECT_EQ(refusal_of<EntryShape>(one), "expected an array, got the integer 1");
}

TEST(ReplyShapes, MembersByNameInAnyOrder) {
  EXPECT_EQ(shaped<InfoShape>("*4\r\n+length\r\n:2\r\n+last-id\r\n+2-0\r\n"), (Info{2, "2-0", {}}));
  EXPECT_EQ(
      shaped<InfoShape>("*8\r\n+entries\r\n*0\r\n+unknown\r\n*0\r\n+last-id\r\n+2-0\r\n+length\r\n:2\r\n"),
      (Info{2, "2-0", {}}));
  EXPECT_EQ(shaped<InfoShape>("*0\r\n"), Info{});
  EXPECT_EQ(shaped<InfoShape>("*4\r\n+length\r\n$-1\r\n+last-id\r\n$-1\r\n"), Info{});
  EXPECT_EQ(
      refusal_of<InfoShape>("*2\r\n+length\r\n+x\r\n"),
      "Info.length: expected an integer, got a string of 1 bytes");
  EXPECT_EQ(
      refusal_of<InfoShape>("*2\r\n+entries\r\n*1\r\n*2\r\n:7\r\n*0\r\n"),
      "Info.entries: Entry.id: expected a string, got the integer 7");
  EXPECT_EQ(
      refusal_of<InfoShape>("*1\r\n+length\r\n"),
      "expected Info as names and values, got an array of 1 elements");
  EXPECT_EQ(refusal_of<InfoShape>(nil), "expected Info as names and values, got nil");
  EXPECT_EQ(
      refusal_of<InfoShape>("*2\r\n:1\r\n:1\r\n"),
      "expected the name of a member of Info, got the integer 1");
}

TEST(ReplyShapes, NamesAreWhatTheReferenceWrites) {
  EXPECT_EQ((shape::Optional<shape::List<shape::String>>::name()), "std::optional<std::vector<std::string>>");
  EXPECT_EQ(shape::Map<shape::Double>::name(), "std::unordered_map<std::string, double>");
  EXPECT_EQ(shape::ListOrNil<shape::Integer>::name(), "std::vector<std::int64_t>");
  EXPECT_EQ(shape::Flat<EntryShape>::name(), "std::vector<upstash::Entry>");
  EXPECT_EQ(shape::First<shape::Flat<EntryShape>>::name(), "std::optional<upstash::Entry>");
  EXPECT_EQ(shape::PerPath<shape::Double>::name(), "std::vector<std::optional<double>>");
}

}  // namespace
}  // namespace upstash::test
