// What can be given where a command takes a list, pairs or a value.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <list>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include <upstash/argument_list.hpp>
#include <upstash/reply_structures.hpp>
#include <upstash/scan_range.hpp>

#include "written.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// As the methods take them.
std::string strings(const StringList& list) { return std::to_string(list.size()) + written(list); }
std::string values(const ValueList& list) { return std::to_string(list.size()) + written(list); }
std::string pairs(const PairList& list) { return std::to_string(list.size()) + written(list); }
std::string scored(const ScoredMemberList& list) { return std::to_string(list.size()) + written(list); }
std::string documents(const JsonDocumentList& list) { return std::to_string(list.size()) + written(list); }
std::string names_then_values(const PairList& list) {
  detail::ArgumentWriter writer("");
  list.write_names(writer);
  list.write_values(writer);
  return std::move(writer).finish().json;
}

// As the overloads of a command with a single and a list form, and with a pair and a pairs form.
std::string overloaded(std::string_view, std::string_view) { return "two strings"; }
std::string overloaded(std::string_view, const StringList&, int) { return "list and int"; }
std::string put(std::string_view, const PairList& list) { return pairs(list); }
std::string put(std::string_view, std::string_view name, const Value&) { return "one " + std::string(name); }

TEST(StringListArgument, TakesBraces) {
  EXPECT_EQ(strings({"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(strings({"a", "b", "c"}), R"(3["a","b","c"])");
  EXPECT_EQ(strings({"a"}), R"(1["a"])");
  EXPECT_EQ(strings({"a"s, "b"sv, "c"}), R"(3["a","b","c"])");
  EXPECT_EQ(strings({}), "0[]");
}

TEST(StringListArgument, TwoStringsInBracesAreNeverAPairOfIterators) {
  const char* const text = "ab";
  EXPECT_EQ(strings({text, text + 1}), R"(2["ab","b"])");
}

TEST(StringListArgument, TakesASingleStringOfAnyKind) {
  const char* const pointer = "p";
  EXPECT_EQ(strings("a"), R"(1["a"])");
  EXPECT_EQ(strings("a"s), R"(1["a"])");
  EXPECT_EQ(strings("a"sv), R"(1["a"])");
  EXPECT_EQ(strings(pointer), R"(1["p"])");
  EXPECT_EQ(strings(""), R"(1[""])");
  const char array[] = "inside";
  EXPECT_EQ(strings(array), R"(1["inside"])");
}

TEST(StringListArgument, TakesContainersAndViews) {
  EXPECT_EQ(strings(std::vector<std::string>{"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(strings(std::vector<const char*>{"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(strings(std::vector<std::string_view>{"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(strings(std::set<std::string>{"b", "a"}), R"(2["a","b"])");
  EXPECT_EQ(strings(std::list<std::string>{"a"}), R"(1["a"])");
  EXPECT_EQ(strings(std::deque<std::string>{"a"}), R"(1["a"])");
  EXPECT_EQ(strings(std::array<std::string_view, 2>{"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(strings(std::vector<std::string>{}), "0[]");
  const std::vector<std::string> constant{"a", "b"};
  EXPECT_EQ(strings(constant), R"(2["a","b"])");
  EXPECT_EQ(strings(std::span(constant)), R"(2["a","b"])");
  const char* const pointers[] = {"a", "b"};
  EXPECT_EQ(strings(pointers), R"(2["a","b"])");
  std::map<std::string, int> map{{"a", 1}, {"b", 2}};
  EXPECT_EQ(strings(map | std::views::keys), R"(2["a","b"])");
  EXPECT_EQ(strings(constant | std::views::drop(1)), R"(1["b"])");
}

TEST(StringListArgument, TakesViewsThatOnlyIterateWhenMutableAndElementsMadeOnTheWay) {
  std::vector<std::string> words{"a", "", "b"};
  auto not_empty = words | std::views::filter([](const std::string& word) { return !word.empty(); });
  EXPECT_EQ(strings(not_empty), R"(2["a","b"])");
  EXPECT_EQ(
      strings(
          std::views::iota(1, 3) | std::views::transform([](int n) { return "key:" + std::to_string(n); })),
      R"(2["key:1","key:2"])");
}

TEST(StringListArgument, IsCopiedByItself) {
  const std::vector<std::string> keys{"a", "b"};
  const StringList list(keys);
  const StringList copy = list;
  EXPECT_EQ(strings(copy), R"(2["a","b"])");
  EXPECT_FALSE(copy.empty());
  EXPECT_TRUE(StringList().empty());
}

TEST(StringListArgument, KeepsNulBytes) { EXPECT_EQ(strings("a\0b"s), R"(1["a\u0000b"])"); }

TEST(ValueListArgument, TakesMixedBraces) {
  EXPECT_EQ(
      values({"SET", "k", 1, 2.5, true, "s"s, "v"sv, 0.1F}),
      R"(8["SET","k","1","2.5","true","s","v","0.1"])");
  EXPECT_EQ(values({}), "0[]");
  EXPECT_EQ(values({"PING"}), R"(1["PING"])");
  EXPECT_EQ(values({"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(values({1, 2}), R"(2["1","2"])");
}

TEST(ValueListArgument, TakesASingleValue) {
  EXPECT_EQ(values("a"), R"(1["a"])");
  EXPECT_EQ(values(1), R"(1["1"])");
  EXPECT_EQ(values(2.5), R"(1["2.5"])");
  EXPECT_EQ(values(true), R"(1["true"])");
  EXPECT_EQ(values("a"s), R"(1["a"])");
}

TEST(ValueListArgument, TakesContainers) {
  EXPECT_EQ(values(std::vector<std::string>{"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(values(std::vector<const char*>{"a", "b"}), R"(2["a","b"])");
  EXPECT_EQ(values(std::vector<int>{1, 2}), R"(2["1","2"])");
  EXPECT_EQ(values(std::vector<double>{0.5}), R"(1["0.5"])");
  EXPECT_EQ(values(std::vector<Value>{"a", 1}), R"(2["a","1"])");
}

TEST(PairListArgument, TakesBraces) {
  EXPECT_EQ(pairs({{"a", 1}, {"b", "x"}}), R"(2["a","1","b","x"])");
  EXPECT_EQ(pairs({{"a", "1"}, {"b", "x"}}), R"(2["a","1","b","x"])");
  EXPECT_EQ(pairs({{"a", "x"}}), R"(1["a","x"])");
  EXPECT_EQ(pairs({{"a", 1.5}}), R"(1["a","1.5"])");
  EXPECT_EQ(pairs({{"a"s, true}, {"b"sv, "x"s}, {"c", 0.1F}}), R"(3["a","true","b","x","c","0.1"])");
  EXPECT_EQ(pairs({}), "0[]");
}

TEST(PairListArgument, TakesMapsAndRangesOfPairs) {
  EXPECT_EQ(pairs(std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}}), R"(2["a","1","b","2"])");
  EXPECT_EQ(pairs(std::map<std::string, int>{{"a", 1}}), R"(1["a","1"])");
  EXPECT_EQ(pairs(std::unordered_map<std::string, double>{{"a", 1.5}}), R"(1["a","1.5"])");
  EXPECT_EQ(pairs(std::vector<std::pair<std::string, int>>{{"b", 2}, {"a", 1}}), R"(2["b","2","a","1"])");
  EXPECT_EQ(pairs(std::vector<std::pair<const char*, const char*>>{{"b", "x"}}), R"(1["b","x"])");
  EXPECT_EQ(pairs(std::map<std::string, int>{}), "0[]");
  const std::map<std::string, std::string> constant{{"a", "1"}};
  EXPECT_EQ(pairs(constant), R"(1["a","1"])");
  const PairList list(constant);
  const PairList copy = list;
  EXPECT_EQ(pairs(copy), R"(1["a","1"])");
}

TEST(PairListArgument, TakesPairsMadeOnTheWay) {
  EXPECT_EQ(
      pairs(std::views::iota(1, 3) | std::views::transform([](int n) {
              return std::pair<std::string, std::string>("field:" + std::to_string(n), std::string(40, 'v'));
            })),
      R"(2["field:1",")" + std::string(40, 'v') + R"(","field:2",")" + std::string(40, 'v') + R"("])");
}

TEST(PairListArgument, WritesAllNamesThenAllValues) {
  EXPECT_EQ(names_then_values({{"s", "0-0"}, {"t", 5}}), R"(["s","t","0-0","5"])");
  EXPECT_EQ(names_then_values({{"s", "$"}}), R"(["s","$"])");
  EXPECT_EQ(names_then_values(std::pair("s", ">")), R"(["s",">"])");
  EXPECT_EQ(
      names_then_values(std::map<std::string, std::string>{{"s", "1"}, {"t", "2"}}), R"(["s","t","1","2"])");
  EXPECT_EQ(names_then_values({}), "[]");
}

TEST(ScoredMemberListArgument, TakesBraces) {
  EXPECT_EQ(scored({{"a", 1.5}, {"b", 2}}), R"(2["1.5","a","2","b"])");
  EXPECT_EQ(scored({{"a", 1.5}}), R"(1["1.5","a"])");
  EXPECT_EQ(scored({{"a"s, -1}, {"b"sv, 0.1F}}), R"(2["-1","a","0.1","b"])");
  EXPECT_EQ(scored({}), "0[]");
  EXPECT_EQ(scored(ScoredMemberList()), "0[]");
}

TEST(ScoredMemberListArgument, TakesScoresOfAnyNumberExactly) {
  int integer = 7;
  const std::size_t count = 8;
  const long double wide = 0.5L;
  const std::int64_t big = 9007199254740993;  // no double holds it
  EXPECT_EQ(scored({{"i", integer}, {"n", count}, {"w", wide}}), R"(3["7","i","8","n","0.5","w"])");
  EXPECT_EQ(scored({{"b", big}}), R"(1["9007199254740993","b"])");
  EXPECT_EQ(scored({{"d", 0.1 + 0.2}}), R"(1["0.30000000000000004","d"])");
  EXPECT_EQ(scored({{"inf", std::numeric_limits<double>::infinity()}}), R"(1["inf","inf"])");
}

TEST(ScoredMemberListArgument, TakesMapsPairsAndStructsWithMemberAndScore) {
  struct Scored {
    std::string member;
    double score;
  };
  EXPECT_EQ(scored(std::map<std::string, double>{{"a", 1.5}, {"b", 2}}), R"(2["1.5","a","2","b"])");
  EXPECT_EQ(scored(std::unordered_map<std::string, int>{{"a", 1}}), R"(1["1","a"])");
  EXPECT_EQ(scored(std::vector<std::pair<std::string_view, float>>{{"b", 0.1F}}), R"(1["0.1","b"])");
  EXPECT_EQ(scored(std::vector<Scored>{{"b", 2.5}, {"a", 1}}), R"(2["2.5","b","1","a"])");
  EXPECT_EQ(scored(std::vector<MemberScore>{{"b", 2.5}}), R"(1["2.5","b"])");
  EXPECT_EQ(scored(std::pair("a", 1)), R"(1["1","a"])");
  EXPECT_EQ(scored(Scored{"a", 1}), R"(1["1","a"])");
  EXPECT_EQ(
      scored(std::views::iota(1, 3) | std::views::transform([](int n) {
               return Scored{std::string(40, static_cast<char>('a' + n)), 0.5 * n};
             })),
      R"(2["0.5",")" + std::string(40, 'b') + R"(","1",")" + std::string(40, 'c') + R"("])");
}

TEST(ScoredMemberListArgument, RefusesWhatIsNoScore) {
  static_assert(std::is_constructible_v<MemberScore, const char*, int>);
  static_assert(!std::is_constructible_v<MemberScore, const char*, const char*>);
  static_assert(!std::is_constructible_v<MemberScore, const char*, bool>);
  static_assert(!std::is_constructible_v<MemberScore, const char*, char>);
  static_assert(!std::is_convertible_v<std::pair<std::string, std::string>, MemberScore>);
  static_assert(!std::is_convertible_v<std::pair<double, std::string>, MemberScore>);
}

TEST(JsonDocumentListArgument, TakesTriples) {
  EXPECT_EQ(documents({{"d", "$", "{}"}}), R"(1["d","$","{}"])");
  EXPECT_EQ(documents({{"d", "$", "{}"}, {"e"s, "$.a"sv, "1"}}), R"(2["d","$","{}","e","$.a","1"])");
  EXPECT_EQ(documents(std::vector<JsonDocument>{{"d", "$", R"("x")"}}), R"(1["d","$","\"x\""])");
  EXPECT_EQ(documents(JsonDocument("d", "$", "1")), R"(1["d","$","1"])");
  EXPECT_EQ(documents({}), "0[]");
}

TEST(ListArguments, TakeElementsThatWriteThemselves) {
  struct Twice {
    std::string_view text;
    void write(detail::ArgumentWriter& writer) const {
      writer.add(text);
      writer.add(text);
    }
  };
  const std::vector<Twice> source{{"a"}, {"b"}};
  EXPECT_EQ(written(ArgumentList<Twice>(source)), R"(["a","a","b","b"])");
}

TEST(ListArguments, TakeTwoLiteralsInDoubleBracesForTwoTexts) {
  // Not for the two ends of one text, as a std::string_view would.
  EXPECT_EQ(written(StringList({{"a", "b"}})), R"(["a","b"])");
  EXPECT_EQ(written(StringList({{"a"}, {"b"}})), R"(["a","b"])");
  EXPECT_EQ(written(ValueList({{"a", "b"}})), R"(["a","b"])");
  static_assert(!std::is_convertible_v<int, detail::BracedText>);  // 0 would be a null pointer
}

TEST(ListArguments, TakeRangesWithAnEndOfAnotherType) {
  const std::vector<std::string> source{"a", "b", "", "c"};
  EXPECT_EQ(
      written(StringList(source | std::views::take_while([](const auto& text) { return !text.empty(); }))),
      R"(["a","b"])");
}

TEST(ListArguments, RefuseRangesThatAllowOnlyOnePass) {
  static_assert(!std::is_convertible_v<std::ranges::istream_view<std::string>, StringList>);
  static_assert(!std::is_convertible_v<ScanRange<std::string>&, StringList>);
}

TEST(PairListArgument, TakesWhatHashesAndStreamsReturn) {
  const std::vector<FieldValue> fields{{"f", "v"}, {"g", "w"}};
  EXPECT_EQ(written(PairList(fields)), R"(["f","v","g","w"])");
  EXPECT_EQ(written(PairList(fields.front())), R"(["f","v"])");
  EXPECT_EQ(written(PairList({fields.front(), {"h", 1}})), R"(["f","v","h","1"])");
}

TEST(ListArguments, ResolveOverloadsAsTheMethodsNeed) {
  EXPECT_EQ(overloaded("k", "a"), "two strings");
  EXPECT_EQ(overloaded("k", {"a", "b"}, 1), "list and int");
  EXPECT_EQ(put("h", {{"f", "v"}, {"g", 1}}), R"(2["f","v","g","1"])");
  EXPECT_EQ(put("h", {{"f", "v"}}), R"(1["f","v"])");
  EXPECT_EQ(put("h", "f", "v"), "one f");
  EXPECT_EQ(put("h", "f", 1), "one f");
}

TEST(ValueArgument, KnowsItsKind) {
  EXPECT_EQ(Value("t").kind(), Value::Kind::text);
  EXPECT_EQ(Value("t").text(), "t");
  EXPECT_EQ(Value(-5).integer(), -5);
  EXPECT_EQ(Value(5U).kind(), Value::Kind::unsigned_integer);
  EXPECT_EQ(Value(5U).unsigned_integer(), 5U);
  EXPECT_EQ(Value(0.5F).single_precision(), 0.5F);
  EXPECT_EQ(Value(0.5).double_precision(), 0.5);
  EXPECT_EQ(Value(true).text(), "true");
}

TEST(ValueArgument, RefusesCharactersThatCouldMeanANumberOrAText) {
  EXPECT_FALSE((std::is_convertible_v<char, Value>));
  EXPECT_FALSE((std::is_convertible_v<wchar_t, Value>));
  EXPECT_FALSE((std::is_convertible_v<char8_t, Value>));
  EXPECT_FALSE((std::is_convertible_v<void*, Value>));
  EXPECT_TRUE((std::is_convertible_v<std::string, Value>));
}

}  // namespace
}  // namespace upstash::test
