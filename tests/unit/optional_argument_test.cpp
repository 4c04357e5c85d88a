// OptionalArgument: what it is made from, and that it copies as a value does.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <upstash/optional_argument.hpp>

namespace upstash::test {
namespace {

using namespace std::chrono_literals;
using Integer = OptionalArgument<std::int64_t>;
using Text = OptionalArgument<std::string_view>;

TEST(OptionalArgument, IsEmptyUnlessSomethingIsGiven) {
  EXPECT_FALSE(Integer().has_value());
  const Integer braces = {};
  EXPECT_FALSE(braces.has_value());
  EXPECT_FALSE(Integer(std::nullopt).has_value());
  EXPECT_FALSE(Integer(std::optional<int>()).has_value());
  EXPECT_FALSE(static_cast<bool>(Text(std::optional<std::string>())));
}

TEST(OptionalArgument, TakesWhatItsTypeIsMadeFrom) {
  EXPECT_EQ(*Integer(5), 5);
  EXPECT_EQ(*Integer(std::size_t{5}), 5);
  EXPECT_EQ(*Integer(std::uint8_t{5}), 5);
  EXPECT_EQ(*Integer(std::optional(5U)), 5);
  EXPECT_EQ(*Integer(std::optional<std::int64_t>(5)), 5);
  EXPECT_EQ(*Text("text"), "text");
  EXPECT_EQ(*Text(std::optional<const char*>("text")), "text");
  EXPECT_EQ(Text("text")->size(), 4U);
  const std::optional<std::string> owner("text");
  EXPECT_EQ(Text(owner)->data(), owner->data());
  EXPECT_EQ(*OptionalArgument<std::chrono::milliseconds>(2s), 2000ms);
  EXPECT_EQ(*OptionalArgument<double>(2), 2.0);
}

TEST(OptionalArgument, TakesNoFractionForAnInteger) {
  static_assert(!std::is_convertible_v<double, Integer>);
  static_assert(!std::is_convertible_v<float, Integer>);
  static_assert(!std::is_convertible_v<std::optional<double>, Integer>);
  static_assert(!std::is_convertible_v<const char*, Integer>);
}

TEST(OptionalArgument, IsCopiedAndAssigned) {
  static_assert(std::is_trivially_copyable_v<Integer>);
  Integer first = 5;
  Integer second = first;
  first = std::nullopt;
  EXPECT_FALSE(first.has_value());
  EXPECT_EQ(second, 5);
  EXPECT_NE(first, 5);
  first = second;
  second = {};
  EXPECT_EQ(first, 5);
  EXPECT_FALSE(second.has_value());
  first = 7;
  EXPECT_EQ(first, 7);
}

}  // namespace
}  // namespace upstash::test
