// The wire form of a command's arguments.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/error.hpp>

#include "command_builder.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string json_of(const Value& value) {
  detail::ArgumentWriter writer("");
  writer.add(value);
  return std::move(writer).finish().json;
}

bool is_binary(std::string_view text) {
  detail::ArgumentWriter writer("");
  writer.add(text);
  return std::move(writer).finish().binary != nullptr;
}

/// What JSON demands, byte by byte, for ASCII.
std::string plainly_quoted(std::string_view ascii) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::string json = "[\"";
  for (const char c : ascii) {
    if (c == '"' || c == '\\') {
      json += {'\\', c};
    } else if (c == '\n') {
      json += "\\n";
    } else if (c == '\r') {
      json += "\\r";
    } else if (c == '\t') {
      json += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json +=
          {'\\', 'u', '0', '0', hex[static_cast<std::size_t>(c) / 16], hex[static_cast<std::size_t>(c) % 16]};
    } else {
      json += c;
    }
  }
  return json + "\"]";
}

TEST(ArgumentWriter, StartsWithTheCommandsWords) {
  EXPECT_EQ(detail::ArgumentWriter("PING").finish().json, R"(["PING"])");
  EXPECT_EQ(detail::ArgumentWriter("OBJECT ENCODING").finish().json, R"(["OBJECT","ENCODING"])");
  EXPECT_EQ(detail::ArgumentWriter("OBJECT ENCODING").size(), 2U);
  EXPECT_EQ(detail::ArgumentWriter("").finish().json, "[]");
}

TEST(ArgumentWriter, PutsCommasBetweenAndCounts) {
  detail::ArgumentWriter writer("SET");
  writer.add("k"sv);
  writer.add(Value(1));
  writer.add(""sv);
  EXPECT_EQ(writer.size(), 4U);
  const detail::EncodedCommand encoded = std::move(writer).finish();
  EXPECT_EQ(encoded.json, R"(["SET","k","1",""])");
  EXPECT_EQ(encoded.binary, nullptr);
}

TEST(ArgumentWriter, EscapesEveryAsciiByteAtEveryPlaceOfAWord) {
  for (int byte = 0; byte < 0x80; ++byte) {
    for (std::size_t size = 1; size <= 26; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'a');
        text[at] = static_cast<char>(byte);
        ASSERT_EQ(json_of(text), plainly_quoted(text)) << "byte " << byte << " at " << at << " of " << size;
      }
    }
  }
}

TEST(ArgumentWriter, EscapesSeveralBytesInOneWord) {
  const std::string text = "\0\"\\\n\x1f\x7f~ \"\"\"\"\"\"\"\"end"s;
  EXPECT_EQ(json_of(text), plainly_quoted(text));
}

TEST(ArgumentWriter, LeavesUtf8AsItIsAtEveryPlace) {
  for (const std::string_view character :
       {"\u0080"sv,
        "\u07ff"sv,
        "\u0800"sv,
        "\ud7ff"sv,
        "\ue000"sv,
        "\uffff"sv,
        "\U00010000"sv,
        "\U0010ffff"sv,
        "é"sv,
        "€"sv,
        "😀"sv}) {
    for (std::size_t before = 0; before <= 17; ++before) {
      for (const std::size_t after : {0U, 1U, 7U, 8U, 9U}) {
        const std::string text = std::string(before, 'a').append(character).append(after, 'b');
        ASSERT_EQ(json_of(text), "[\"" + text + "\"]");
        ASSERT_FALSE(is_binary(text));
      }
    }
  }
  EXPECT_EQ(json_of("日本\"語\n😀x"), R"(["日本\"語\n😀x"])");
}

TEST(ArgumentWriter, TakesWhatIsNotUtf8AsBinary) {
  constexpr std::array invalid{
      "\x80"sv,  // a continuation without a lead
      "\xbf"sv,
      "\xc0\x80"sv,  // longer forms than needed
      "\xc1\xbf"sv,
      "\xe0\x9f\xbf"sv,
      "\xf0\x8f\xbf\xbf"sv,
      "\xed\xa0\x80"sv,  // surrogates
      "\xed\xbf\xbf"sv,
      "\xf4\x90\x80\x80"sv,  // beyond U+10FFFF
      "\xf5\x80\x80\x80"sv,
      "\xfe"sv,
      "\xff"sv,
      "\xc3"sv,  // cut off
      "\xe2\x82"sv,
      "\xf0\x9f\x98"sv,
      "\xc3("sv,  // a lead without its continuation
      "\xe2\x82("sv,
      "\xf0\x9f\x98("sv,
      "\xe2(\x82"sv};
  for (const std::string_view bytes : invalid) {
    for (const std::string_view before : {""sv, "a"sv, "seven77"sv, "eight888"sv, "é"sv, "\n"sv}) {
      for (const std::string_view after : {""sv, "z"sv, "eight888"sv}) {
        const std::string text = std::string(before).append(bytes).append(after);
        ASSERT_TRUE(is_binary(text)) << testing::PrintToString(text);
      }
    }
  }
}

TEST(ArgumentWriter, KeepsTheBinaryArgumentBesideTheJson) {
  detail::ArgumentWriter writer("SET");
  writer.add("key"sv);
  writer.add("escaped\n, then \xff\0"sv);
  writer.add("EX"sv);
  const detail::EncodedCommand encoded = std::move(writer).finish();
  EXPECT_EQ(encoded.json, R"(["SET","key","","EX"])");
  ASSERT_NE(encoded.binary, nullptr);
  EXPECT_EQ(encoded.binary->index, 2U);
  EXPECT_EQ(encoded.binary->bytes, "escaped\n, then \xff\0"s);
}

TEST(ArgumentWriter, RefusesASecondBinaryArgumentAndNamesBoth) {
  detail::ArgumentWriter writer("OBJECT SET");
  writer.add("\xff"sv);
  writer.add("fine"sv);
  const std::string message = message_of<UsageError>([&] { writer.add("\xfe"sv); });
  EXPECT_TRUE(holds(message, "OBJECT SET: arguments 2 and 4 ")) << message;
  EXPECT_TRUE(holds(message, "base64")) << message;
}

TEST(ArgumentWriter, CarriesALargeValueWithRareEscapes) {
  std::string text(std::size_t{1} << 20, 'x');
  std::string expected = text;
  text.insert(700'000, "\n");
  expected.insert(700'000, "\\n");
  text.insert(100'000, "é");
  expected.insert(100'000, "é");
  EXPECT_EQ(json_of(text), "[\"" + expected + "\"]");
}

TEST(ArgumentWriter, WritesIntegersOfAllSizes) {
  EXPECT_EQ(json_of(0), R"(["0"])");
  EXPECT_EQ(json_of(-1), R"(["-1"])");
  EXPECT_EQ(json_of(std::int8_t{-128}), R"(["-128"])");
  EXPECT_EQ(json_of(std::uint8_t{255}), R"(["255"])");
  EXPECT_EQ(json_of(std::numeric_limits<std::int64_t>::min()), R"(["-9223372036854775808"])");
  EXPECT_EQ(json_of(std::numeric_limits<std::int64_t>::max()), R"(["9223372036854775807"])");
  EXPECT_EQ(json_of(std::numeric_limits<std::uint64_t>::max()), R"(["18446744073709551615"])");
  EXPECT_EQ(json_of(7LL), R"(["7"])");
  EXPECT_EQ(json_of(7UL), R"(["7"])");
}

TEST(ArgumentWriter, WritesFloatingPointAsItsShortestExactText) {
  EXPECT_EQ(json_of(0.1F), R"(["0.1"])");
  EXPECT_EQ(json_of(0.1), R"(["0.1"])");
  EXPECT_EQ(json_of(0.1 + 0.2), R"(["0.30000000000000004"])");
  EXPECT_EQ(json_of(1.0), R"(["1"])");
  EXPECT_EQ(json_of(-2.5), R"(["-2.5"])");
  EXPECT_EQ(json_of(1.5L), R"(["1.5"])");
  EXPECT_EQ(json_of(std::numeric_limits<double>::max()), R"(["1.7976931348623157e+308"])");
  EXPECT_EQ(json_of(std::numeric_limits<double>::denorm_min()), R"(["5e-324"])");
  EXPECT_EQ(json_of(std::numeric_limits<double>::infinity()), R"(["inf"])");
  EXPECT_EQ(json_of(-std::numeric_limits<double>::infinity()), R"(["-inf"])");
}

TEST(ArgumentWriter, WritesBoolsAsWords) {
  EXPECT_EQ(json_of(true), R"(["true"])");
  EXPECT_EQ(json_of(false), R"(["false"])");
}

TEST(Command, ShowsItsArgumentsAsTheyAreSent) {
  const auto command = detail::build<detail::shape::Any>(
      {.name = "OBJECT TEST"}, "a\"\0\n\xc3\xa9"sv, "\xff\0"sv, std::int64_t{5}, true ? 0.5 : 0.0);
  EXPECT_EQ(
      command.arguments(),
      (std::vector<std::string>{"OBJECT", "TEST", "a\"\0\n\xc3\xa9"s, "\xff\0"s, "5", "0.5"}));
  EXPECT_EQ(command.name(), "OBJECT TEST");
}

TEST(Command, OfTheUsersOwnIsNamedByItsFirstArgument) {
  EXPECT_EQ(detail::custom_command({"xlen", "s"}).name(), "XLEN");
  EXPECT_FALSE(detail::custom_command({"GET", "k"}).idempotent());
  EXPECT_FALSE(detail::custom_command({"GET", "k"}).read_only());
  EXPECT_EQ(detail::custom_command("PING").encoded().json, R"(["PING"])");
  EXPECT_TRUE(
      holds(message_of<UsageError>([] { static_cast<void>(detail::custom_command({})); }), "execute()"));
}

TEST(CommandBuilder, WritesTokensFlagsAndOptionsOnlyWhenTheyAreThere) {
  const std::optional<std::int64_t> none;
  const std::optional<std::int64_t> five = 5;
  const auto with = detail::build<detail::shape::Any>(
      {.name = "C"}, detail::Token{"T"}, detail::Flag{"F", true}, detail::option("O", five), five);
  EXPECT_EQ(with.encoded().json, R"(["C","T","F","O","5","5"])");
  const auto without = detail::build<detail::shape::Any>(
      {.name = "C"}, detail::Token{"T"}, detail::Flag{"F", false}, detail::option("O", none), none);
  EXPECT_EQ(without.encoded().json, R"(["C","T"])");
}

TEST(CommandBuilder, RefusesAnEmptyListAndSaysOfWhat) {
  const StringList none;
  EXPECT_EQ(
      message_of<UsageError>([&] {
        static_cast<void>(
            detail::build<detail::shape::Any>({.name = "DEL"}, detail::at_least_one("key", none)));
      }),
      "DEL needs at least one key");
  EXPECT_EQ(
      message_of<UsageError>([&] {
        static_cast<void>(
            detail::build<detail::shape::Any>({.name = "ZUNION"}, detail::counted("key", none)));
      }),
      "ZUNION needs at least one key");
}

TEST(CommandBuilder, WritesTheCountBeforeACountedList) {
  const std::vector<std::string> keys{"a", "b"};
  EXPECT_EQ(
      detail::build<detail::shape::Any>({.name = "ZUNION"}, detail::counted("key", StringList(keys)))
          .encoded()
          .json,
      R"(["ZUNION","2","a","b"])");
}

TEST(CommandBuilder, WritesDurationsAndInstantsInTheirUnit) {
  using namespace std::chrono_literals;
  EXPECT_EQ(detail::build<detail::shape::Any>({.name = "C"}, 10s, 10ms).encoded().json, R"(["C","10","10"])");
  const std::chrono::system_clock::time_point instant{1'500'000us + 1us};
  EXPECT_EQ(detail::unix_seconds(instant), 2);
  EXPECT_EQ(detail::unix_milliseconds(instant), 1501);
  EXPECT_EQ(detail::unix_seconds(std::chrono::system_clock::time_point{2s}), 2);
}

TEST(CommandBuilder, RequirementsNameTheCommand) {
  EXPECT_NO_THROW(detail::require(true, "SCAN", "no"));
  EXPECT_EQ(
      message_of<UsageError>([] { detail::require(false, "SCAN", "ANY needs COUNT"); }),
      "SCAN: ANY needs COUNT");
}

}  // namespace
}  // namespace upstash::test
