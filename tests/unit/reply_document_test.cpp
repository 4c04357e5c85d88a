// Which format a reply is in, and that damaged replies of either do no harm.
#include "reply_document.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include "base64.hpp"
#include "parsed_reply.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;

TEST(ReplyDocument, TakesTheFormatFromTheFirstByte) {
  EXPECT_EQ(parsed("{\"result\":1}"), Reply(1));
  EXPECT_EQ(parsed("[{\"result\":1}]"), Reply(Replies{1}));
  EXPECT_EQ(parsed(":1\r\n"), Reply(1));
  EXPECT_EQ(parsed("+1\r\n"), Reply("1"));
  EXPECT_EQ(parsed("$1\r\n1\r\n"), Reply("1"));
  EXPECT_EQ(parsed("*1\r\n:1\r\n"), Reply(Replies{1}));
  EXPECT_EQ(error_in("-1\r\n"), "1");
  EXPECT_TRUE(holds(refusal("1"), "neither result nor error"));
  EXPECT_TRUE(holds(refusal(""), "not JSON"));
}

TEST(ReplyDocument, HoldsWhatItsNodesLookInto) {
  const std::string body = R"({"result":")" + std::string(4000, 'Y') + "\"}";
  const detail::ReplyDocument document(body, detail::StringEncoding::plain, 1);
  EXPECT_EQ(document.root().view(), std::string(4000, 'Y'));
  const detail::ReplyDocument small(R"({"result":"s"})", detail::StringEncoding::plain, 1);
  EXPECT_EQ(small.root().view(), "s");
}

/// Is what `Shape` makes of the body in the body's own memory, and right?
template <class Shape>
bool takes_the_body(std::string body, const std::string& text, detail::StringEncoding strings) {
  const char* const memory = body.data();
  const detail::ReplyDocument document(std::move(body), strings, 16);
  EXPECT_EQ(document.root().view(), text);
  const auto result = Shape::parse(document.root());
  if constexpr (requires { result.string(); }) {
    EXPECT_EQ(result.string(), text);
    return result.string().data() == memory;
  } else if constexpr (requires { *result; }) {
    EXPECT_EQ(*result, text);
    return result->data() == memory;
  } else {
    EXPECT_EQ(result, text);
    return result.data() == memory;
  }
}

/// Text of which no two parts are alike, so that none can stand for another.
std::string text_of_size(std::size_t size) {
  std::string text;
  for (int number = 0; text.size() < size; ++number) text += std::to_string(number) + ' ';
  text.resize(size);
  return text;
}

/// As a body of announced length comes: with little room to spare.
std::string body_of(std::string text) {
  text.shrink_to_fit();
  return text;
}
std::string json_of(const std::string& text) { return body_of(R"({"result":")" + text + R"(","later":1})"); }
std::string resp2_of(const std::string& text) {
  return body_of('$' + std::to_string(text.size()) + "\r\n" + text + "\r\n");
}

TEST(ReplyDocument, GivesItsBodyAwayForALargeString) {
  using detail::StringEncoding;
  using namespace detail::shape;
  for (const std::size_t size : {65536U, 65537U, 65538U, 1'000'000U}) {
    const std::string text = text_of_size(size);
    const std::string encoded = json_of(detail::base64_encode(text));
    EXPECT_TRUE(takes_the_body<String>(encoded, text, StringEncoding::base64));
    EXPECT_TRUE(takes_the_body<Optional<String>>(encoded, text, StringEncoding::base64));
    EXPECT_TRUE(takes_the_body<Any>(encoded, text, StringEncoding::base64));
    EXPECT_TRUE(takes_the_body<String>(json_of(text), text, StringEncoding::plain));
    EXPECT_TRUE(takes_the_body<String>(resp2_of(text), text, StringEncoding::base64));
  }
}

TEST(ReplyDocument, KeepsItsBodyWhenThatIsSmallOrMostlyEmpty) {
  using detail::StringEncoding;
  using detail::shape::String;
  for (const std::size_t size : {0U, 100U, 65535U}) {
    const std::string text = text_of_size(size);
    EXPECT_FALSE(takes_the_body<String>(json_of(detail::base64_encode(text)), text, StringEncoding::base64));
    EXPECT_FALSE(takes_the_body<String>(resp2_of(text), text, StringEncoding::plain));
  }
  const std::string text = text_of_size(100'000);
  std::string body = resp2_of(text);
  body.reserve(250'000);
  EXPECT_FALSE(takes_the_body<String>(std::move(body), text, StringEncoding::plain));
}

TEST(ReplyDocument, DecodesEachStringWhereNoOtherIs) {
  const std::string first(100'000, 'a');
  const std::string second(70'000, 'b');
  const std::string both =
      '"' + detail::base64_encode(first) + R"(",")" + detail::base64_encode(second) + '"';
  EXPECT_EQ(parsed(R"({"result":[)" + both + "]}"), Reply(Replies{first, second}));
  EXPECT_EQ(
      parsed(
          R"([{"result":")" + detail::base64_encode(first) + R"("},{"result":")" +
          detail::base64_encode(second) + R"("}])"),
      Reply(Replies{first, second}));
}

/// Changes the text in one to four places, as a broken peer could, and prefers bytes that mean something.
std::string damaged(std::string text, std::string_view special, std::mt19937& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  for (std::size_t changes = 1 + below(4); changes > 0; --changes) {
    const std::size_t at = below(text.size() + 1);
    const char byte = below(4) == 0 ? static_cast<char>(random()) : special[below(special.size())];
    switch (below(6)) {
      case 0:
        text.insert(at, 1, byte);
        break;
      case 1:
        if (at < text.size()) text[at] = byte;
        break;
      case 2:
        text.erase(at, 1 + below(5));
        break;
      case 3:
        text.insert(at, text.substr(below(text.size() + 1), 1 + below(12)));
        break;
      case 4:
        text.insert(at, 1 + below(200), byte);
        break;
      default:
        if (below(3) == 0) text.resize(at);
    }
  }
  return text;
}

/// Reads the whole reply, so that a node that looks outside of the buffer is noticed by a sanitizer.
bool is_readable(const std::string& body, detail::StringEncoding strings) {
  try {
    static_cast<void>(parsed(body, strings, 16));
    return true;
  } catch (const detail::MalformedReply&) {
    return false;
  }
}

void expect_harmless(std::string_view body, std::string_view special, std::mt19937& random) {
  int readable = 0;
  constexpr int rounds = 6000;
  for (int i = 0; i < rounds; ++i) {
    const std::string text = damaged(std::string(body), special, random);
    readable += is_readable(text, detail::StringEncoding::base64) ? 1 : 0;
    static_cast<void>(is_readable(text, detail::StringEncoding::plain));
  }
  // Both ends were reached: the damage is neither always nor never fatal.
  EXPECT_GT(readable, 0) << body;
  EXPECT_LT(readable, rounds) << body;
}

TEST(ReplyDocument, DamagedJsonIsReadOrRefusedButDoesNoHarm) {
  std::mt19937 random(20240701);
  constexpr std::string_view special = "{}[]\",:\\=0123456789-+eEu \n\x00/AO\xff";
  for (const std::string_view body :
       {R"({"result":"aGVsbG8gd29ybGQ="})",
        R"({"result":["YQ==",-12,null,[["OK"],[]],9223372036854775807]})",
        R"({"error":"ERR \u00e9\ud83d\ude00 x"})",
        R"([{"result":"YWI="},{"error":"ERR"},{"result":[1,[2]],"x":[{}]}])"}) {
    expect_harmless(body, special, random);
  }
}

TEST(ReplyDocument, DamagedResp2IsReadOrRefusedButDoesNoHarm) {
  std::mt19937 random(20240702);
  constexpr std::string_view special = "+-:$*\r\n0123456789\x00\xff";
  for (const std::string_view body :
       {"$11\r\nhello\r\nworl\r\n",
        "*4\r\n:-12\r\n$-1\r\n*2\r\n+OK\r\n-ERR\r\n$0\r\n\r\n",
        "*2\r\n*1\r\n*1\r\n*0\r\n:9223372036854775807\r\n"}) {
    expect_harmless(body, special, random);
  }
}

}  // namespace
}  // namespace upstash::test
