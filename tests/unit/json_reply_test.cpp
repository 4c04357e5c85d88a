// The API's JSON replies: what is read out of them, and what is refused.
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "parsed_reply.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string nested(std::size_t depth) {
  return R"({"result":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(JsonReply, ReadsEveryKindOfResult) {
  EXPECT_EQ(parsed(R"({"result":null})"), Reply(nullptr));
  EXPECT_EQ(parsed(R"({"result":5})"), Reply(5));
  EXPECT_EQ(parsed(R"({"result":"aGVsbG8="})"), Reply("hello"));
  EXPECT_EQ(parsed(R"({"result":""})"), Reply(""));
  EXPECT_EQ(parsed(R"({"result":[]})"), Reply(Replies{}));
  EXPECT_EQ(
      parsed(R"({"result":[1,"YQ==",null,[2,[]]]})"), Reply(Replies{1, "a", nullptr, Replies{2, Replies{}}}));
  EXPECT_EQ(parsed(" \r\n{ \"result\" : [ 1 , 2 ] }\n"), Reply(Replies{1, 2}));
}

TEST(JsonReply, ReadsIntegersUpToBothLimits) {
  EXPECT_EQ(parsed(R"({"result":9223372036854775807})"), Reply(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(parsed(R"({"result":-9223372036854775808})"), Reply(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(parsed(R"({"result":2147483648})"), Reply(2147483648));
  EXPECT_EQ(parsed(R"({"result":-2147483649})"), Reply(-2147483649));
  EXPECT_EQ(parsed(R"({"result":-0})"), Reply(0));
}

TEST(JsonReply, RefusesNumbersThatAreNo64BitIntegers) {
  EXPECT_EQ(refusal(R"({"result":9223372036854775808})"), "it has an integer of more than 64 bits");
  EXPECT_EQ(refusal(R"({"result":18446744073709551615})"), "it has an integer of more than 64 bits");
  EXPECT_EQ(refusal(R"({"result":18446744073709551616})"), "it has a number that is no 64-bit integer");
  EXPECT_EQ(refusal(R"({"result":-9223372036854775809})"), "it has a number that is no 64-bit integer");
  EXPECT_EQ(refusal(R"({"result":1.5})"), "it has a number that is no 64-bit integer");
  EXPECT_TRUE(holds(refusal(R"({"result":1e999})"), "it is not JSON"));
  EXPECT_TRUE(holds(refusal(R"({"result":true})"), "true or false"));
}

TEST(JsonReply, DecodesEveryStringFromBase64ButTheExactOk) {
  EXPECT_EQ(parsed(R"({"result":"OK"})"), Reply("OK"));
  EXPECT_EQ(parsed(R"({"result":["OK","T0s="]})"), Reply(Replies{"OK", "OK"}));
  EXPECT_EQ(parsed(R"({"result":"OKOK"})"), Reply("8\xa3\x8a"));
  EXPECT_EQ(parsed(R"({"result":"AP/+gA=="})"), Reply("\x00\xff\xfe\x80"s));
  EXPECT_EQ(parsed(R"({"result":"AP\/+gA\u003d="})"), Reply("\x00\xff\xfe\x80"s));
}

TEST(JsonReply, RefusesStringsThatAreNotBase64) {
  for (const std::string_view text : {"ok", "OK ", "PONG!", "YQ=", "YQ", "YR==", "Y Q=", "====", "é"}) {
    EXPECT_EQ(
        refusal(R"({"result":")" + std::string(text) + "\"}"), "it has a string that is not valid base64")
        << text;
  }
  EXPECT_EQ(refusal(R"({"result":["YQ==","x"]})"), "it has a string that is not valid base64");
}

TEST(JsonReply, ReadsPlainStringsWithTheirEscapes) {
  EXPECT_EQ(parsed_plain(R"({"result":"PONG"})"), Reply("PONG"));
  EXPECT_EQ(
      parsed_plain(R"({"result":"a\u0000b\n\"\\\/\t\u00e9\ud83d\ude00é"})"), Reply("a\0b\n\"\\/\té😀é"s));
  EXPECT_EQ(parsed_plain(R"({"result":"YQ=="})"), Reply("YQ=="));
}

TEST(JsonReply, ErrorsAreNeverBase64) {
  EXPECT_EQ(error_in(R"({"error":"ERR unknown command"})"), "ERR unknown command");
  EXPECT_EQ(error_in(R"({"error":"ERR \"quoted\""})"), "ERR \"quoted\"");
  EXPECT_EQ(error_in(R"({"error":""})"), "");
}

TEST(JsonReply, ReadsAPipelinesListOfResultsAndErrors) {
  const detail::ReplyDocument document(
      R"([{"result":"YQ=="},{"error":"ERR no"},{"result":[1,[2]]},{"result":null}])",
      detail::StringEncoding::base64,
      128);
  const auto replies = document.root().elements();
  ASSERT_EQ(document.root().kind, detail::ReplyNode::Kind::array);
  ASSERT_EQ(replies.size(), 4U);
  EXPECT_EQ(replies[0].view(), "a");
  EXPECT_EQ(replies[1].kind, detail::ReplyNode::Kind::error);
  EXPECT_EQ(replies[1].view(), "ERR no");
  EXPECT_EQ(replies[2].elements()[1].elements()[0].number, 2);
  EXPECT_EQ(replies[3].kind, detail::ReplyNode::Kind::nil);
  EXPECT_EQ(parsed("[]"), Reply(Replies{}));
}

TEST(JsonReply, ManyElementsKeepTheirOrder) {
  std::string body = R"({"result":[)";
  Replies expected;
  for (int i = 0; i < 5000; ++i) {
    body += (i == 0 ? "[" : ",[") + std::to_string(i) + "]";
    expected.emplace_back(Replies{i});
  }
  EXPECT_EQ(parsed(body + "]}"), Reply(expected));
}

TEST(JsonReply, IgnoresUnknownKeysWhateverTheyHold) {
  EXPECT_EQ(parsed(R"({"cost":1,"result":5})"), Reply(5));
  EXPECT_EQ(parsed(R"({"result":5,"note":"not base64!","cached":true,"time":1.5,"none":null})"), Reply(5));
  EXPECT_EQ(
      parsed(R"({"result":5,"list":[1,"x",[true]],"object":{"result":7,"a":{"error":"x"}}})"), Reply(5));
  EXPECT_EQ(parsed(R"({"object":{"result":[7]},"result":[5],"list":[{"result":7}]})"), Reply(Replies{5}));
  EXPECT_EQ(parsed(R"([{"list":[1],"result":1},{"result":2,"object":{}}])"), Reply(Replies{1, 2}));
  EXPECT_EQ(error_in(R"({"error":"ERR x","details":["not base64!"]})"), "ERR x");
  EXPECT_EQ(parsed(R"({"Result":"not base64!","result":5})"), Reply(5));
}

TEST(JsonReply, LimitsTheDepthOfUnknownKeysToo) {
  EXPECT_EQ(
      refusal(R"({"x":)" + std::string(200'000, '['), detail::StringEncoding::base64, 3),
      "it has a reply nested deeper than 3");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += R"({"x":)";
  EXPECT_EQ(refusal(objects, detail::StringEncoding::base64, 3), "it has a reply nested deeper than 3");
}

TEST(JsonReply, LimitsTheDepth) {
  EXPECT_NO_THROW(static_cast<void>(parsed(nested(3), detail::StringEncoding::base64, 3)));
  EXPECT_EQ(refusal(nested(4), detail::StringEncoding::base64, 3), "it has a reply nested deeper than 3");
  EXPECT_NO_THROW(static_cast<void>(parsed("[" + nested(3) + "]", detail::StringEncoding::base64, 3)));
  EXPECT_EQ(
      refusal("[" + nested(4) + "]", detail::StringEncoding::base64, 3),
      "it has a reply nested deeper than 3");
  EXPECT_NO_THROW(static_cast<void>(parsed(nested(128))));
  EXPECT_EQ(refusal(nested(200'000)), "it has a reply nested deeper than 128");
}

TEST(JsonReply, RefusesWhatTheApiDoesNotSend) {
  EXPECT_EQ(refusal("{}"), "it has an object with neither result nor error");
  EXPECT_EQ(
      refusal(R"({"message":"Service Unavailable"})"), "it has an object with neither result nor error");
  EXPECT_EQ(refusal(R"([{"result":1},{}])"), "it has an object with neither result nor error");
  EXPECT_EQ(refusal(R"({"result":1,"result":2})"), "it has an object with more than one result or error");
  EXPECT_EQ(refusal(R"({"result":1,"error":"x"})"), "it has an object with more than one result or error");
  EXPECT_EQ(refusal(R"({"error":"x","result":[1]})"), "it has an object with more than one result or error");
  EXPECT_EQ(refusal(R"({"error":5})"), "it has an error that is no string");
  EXPECT_EQ(refusal(R"({"error":null})"), "it has an error that is no string");
  EXPECT_EQ(refusal(R"({"error":["x"]})"), "it has a list that is not a result");
  EXPECT_EQ(refusal(R"({"result":{"a":1}})"), "it has an object inside a reply");
  EXPECT_EQ(refusal(R"({"result":[{"result":1}]})"), "it has an object inside a reply");
  EXPECT_EQ(refusal(R"({"error":{"code":1}})"), "it has an object inside a reply");
  EXPECT_EQ(refusal(R"([[{"result":1}]])"), "it has a list inside a pipeline's list");
  EXPECT_EQ(refusal("5"), "it has a value that is neither result nor error");
  EXPECT_EQ(refusal("[1]"), "it has a value that is neither result nor error");
  EXPECT_EQ(refusal(R"(["YQ=="])"), "it has a value that is neither result nor error");
  EXPECT_EQ(refusal("null"), "it has a value that is neither result nor error");
}

TEST(JsonReply, RefusesWhatIsNotJson) {
  for (const std::string_view body :
       {""sv,
        " "sv,
        "<html>502</html>"sv,
        "\xef\xbb\xbf{\"result\":1}"sv,
        "{\"result\":1}x"sv,
        "{\"result\":1}{\"result\":1}"sv,
        "{\"result\":01}"sv,
        "{'result':1}"sv,
        "{\"result\":1,}"sv,
        "[,]"sv,
        "{\"result\":\"a\nb\"}"sv,
        "{\"result\":\"\\ud83d\"}"sv,
        "{\"result\":\"\\x41\"}"sv,
        "{\"result\":nul}"sv,
        "{\"result\":NaN}"sv,
        "// c\n{\"result\":1}"sv}) {
    const std::string why = refusal(body, detail::StringEncoding::plain);
    EXPECT_TRUE(holds(why, "it is not JSON (at byte ")) << body << ": " << why;
  }
}

TEST(JsonReply, RefusesNulBytesWhereverTheyAre) {
  const std::string body = R"([{"result":["YQ==",10,null]},{"error":"ERR x"}])";
  for (std::size_t at = 0; at <= body.size(); ++at) {
    EXPECT_NO_THROW(static_cast<void>(refusal(std::string(body).insert(at, 1, '\0')))) << at;
  }
  EXPECT_EQ(refusal("{\"result\":1}\0{\"result\":2}"sv), "it has a NUL byte");
  EXPECT_EQ(refusal("{\"result\":1}\0"sv), "it has a NUL byte");
}

TEST(JsonReply, RefusesAReplyCutOffAtAnyByte) {
  for (const std::string_view body :
       {R"({"result":["aGVsbG8=",-12,null,[[],"OK"]]})"sv,
        R"({"error":"ERR \u00e9\"x"})"sv,
        R"([{"result":"AAECAwQFBgcICQ=="},{"error":"ERR x"},{"result":[1]}])"sv}) {
    static_cast<void>(parsed(body));
    for (std::size_t size = 0; size < body.size(); ++size) {
      EXPECT_NO_THROW(static_cast<void>(refusal(body.substr(0, size)))) << body.substr(0, size);
    }
  }
}

}  // namespace
}  // namespace upstash::test
