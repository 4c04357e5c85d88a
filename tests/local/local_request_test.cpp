#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bad_request.hpp"
#include "request.hpp"

namespace upstash::local {
namespace {

using Words = std::vector<std::string>;

struct Decoded {
  Endpoint endpoint;
  std::vector<Words> commands;
};

Decoded decode(std::string_view uri, std::string body = {}, bool may_have_body = true) {
  const Request request = decode_request(split_target(uri), may_have_body, {body.data(), body.size()});
  Decoded decoded{request.endpoint, {}};
  for (std::size_t i = 0; i < request.commands.size(); ++i) {
    const Arguments command = request.commands[i];
    decoded.commands.emplace_back(command.begin(), command.end());
  }
  return decoded;
}

Words command(std::string_view uri, std::string body = {}) {
  return decode(uri, std::move(body)).commands.at(0);
}

std::string problem(std::string_view uri, std::string body = {}, bool may_have_body = true) {
  try {
    decode(uri, std::move(body), may_have_body);
  } catch (const BadRequest& bad) {
    return bad.what();
  }
  return "no problem";
}

TEST(LocalRequest, TakesACommandFromAJsonBody) {
  EXPECT_EQ(command("/", R"(["SET","k","v"])"), (Words{"SET", "k", "v"}));
  EXPECT_EQ(command("/", " [ \"PING\" ] \n"), (Words{"PING"}));
  EXPECT_EQ(command("/", R"(["GET",""])"), (Words{"GET", ""}));
}

TEST(LocalRequest, KeepsNumbersAsTheyAreWritten) {
  EXPECT_EQ(
      command("/", R"(["X",1,-7,9223372036854775807,123456789012345678901234567890,1.50,-2E3])"),
      (Words{"X", "1", "-7", "9223372036854775807", "123456789012345678901234567890", "1.50", "-2E3"}));
}

TEST(LocalRequest, WritesBooleansAsWords) {
  EXPECT_EQ(command("/", "[\"X\",true,false]"), (Words{"X", "true", "false"}));
}

TEST(LocalRequest, DecodesEscapes) {
  EXPECT_EQ(
      command("/", R"(["X","\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"])"),
      (Words{"X", "\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80"}));
  EXPECT_EQ(command("/", R"(["X","a\u0000b"])"), (Words{"X", std::string("a\0b", 3)}));
}

TEST(LocalRequest, NamesWhatIsWrongWithACommand) {
  EXPECT_EQ(
      problem("/", R"(["SET",null])"),
      "ERR element 2 is null; a command is made of strings, numbers and booleans");
  EXPECT_EQ(
      problem("/", R"(["SET",["k"]])"),
      "ERR element 2 is an array; a command is made of strings, numbers and booleans");
  EXPECT_EQ(
      problem("/", R"(["SET","k",{"a":1}])"),
      "ERR element 3 is an object; a command is made of strings, numbers and booleans");
  EXPECT_EQ(problem("/", "[]"), "ERR the command is empty");
  EXPECT_EQ(
      problem("/", R"({"a":1})"),
      R"(ERR the body must be one command as a JSON array, such as ["SET","key","value"], not an object)");
  EXPECT_EQ(
      problem("/pipeline", R"([["PING"],["SET",1,null]])"),
      "ERR command 2, element 3 is null; a command is made of strings, numbers and booleans");
  EXPECT_EQ(
      problem("/pipeline", R"(["PING"])"),
      R"(ERR command 1 must be a JSON array, such as ["SET","key","value"], not a string)");
  EXPECT_EQ(problem("/pipeline", R"([["PING"],[]])"), "ERR command 2 is empty");
  EXPECT_EQ(problem("/pipeline", "[]"), "ERR the list of commands is empty");
}

TEST(LocalRequest, SaysWhereJsonIsMalformed) {
  EXPECT_EQ(problem("/", R"(["SET",)"), "ERR the body is not valid JSON: Invalid value. (at byte 7)");
  EXPECT_TRUE(problem("/", R"(["SET"] x)").starts_with("ERR the body is not valid JSON: The document root"));
  EXPECT_TRUE(problem("/", "[\"a\xFF\"]").starts_with("ERR the body is not valid JSON: Invalid encoding"));
  EXPECT_TRUE(problem("/", std::string("[\"a\"]\0x", 7))
                  .starts_with("ERR the body is not valid JSON: There is a NUL"));
  EXPECT_TRUE(problem("/", R"(["\ud800"])").starts_with("ERR the body is not valid JSON"));
}

TEST(LocalRequest, IsNotBroughtDownByDeepNesting) {
  EXPECT_TRUE(problem("/", std::string(1'000'000, '[')).starts_with("ERR element 1 is an array"));
}

TEST(LocalRequest, TakesACommandFromThePath) {
  EXPECT_EQ(command("/set/k/v/EX/100"), (Words{"set", "k", "v", "EX", "100"}));
  EXPECT_EQ(command("/get/a%2Fb%20c+d"), (Words{"get", "a/b c+d"}));
  EXPECT_EQ(command("/get/%00%ff"), (Words{"get", std::string("\0\xFF", 2)}));
  EXPECT_EQ(command("/set/k/"), (Words{"set", "k", ""}));
  EXPECT_EQ(command("http://host:1/get/k?NX"), (Words{"get", "k", "NX"}));
  EXPECT_TRUE(problem("/get/100%").starts_with("ERR the URL holds a '%'"));
  EXPECT_TRUE(problem("/get/%zz").starts_with("ERR the URL holds a '%'"));
  EXPECT_TRUE(problem("/").starts_with("ERR there is no command"));
}

TEST(LocalRequest, PutsTheBodyAfterThePathAndTheQueryAfterTheBody) {
  EXPECT_EQ(command("/set/k?EX=100&NX", "V"), (Words{"set", "k", "V", "EX", "100", "NX"}));
  EXPECT_EQ(command("/set/k?EX=100&_token=t&KEEP=", "V"), (Words{"set", "k", "V", "EX", "100", "KEEP", ""}));
  EXPECT_EQ(command("/set/k", std::string("\0\xFF", 2)), (Words{"set", "k", std::string("\0\xFF", 2)}));
  EXPECT_EQ(command("/scan/0?MATCH=a%26b+c"), (Words{"scan", "0", "MATCH", "a&b c"}));
}

TEST(LocalRequest, RecognisesEndpoints) {
  EXPECT_EQ(decode("/pipeline", R"([["PING"],["GET",1]])").endpoint, Endpoint::pipeline);
  EXPECT_EQ(
      decode("/pipeline", R"([["PING"],["GET",1]])").commands, (std::vector<Words>{{"PING"}, {"GET", "1"}}));
  EXPECT_EQ(decode("/multi-exec", R"([["PING"]])").endpoint, Endpoint::transaction);
  EXPECT_EQ(decode("/subscribe/ch").endpoint, Endpoint::event_stream);
  EXPECT_EQ(decode("/monitor").endpoint, Endpoint::event_stream);
  EXPECT_EQ(decode("/publish/ch/m").endpoint, Endpoint::command);
  EXPECT_TRUE(problem("/pipeline", {}, false).starts_with("ERR /pipeline takes a POST"));
  EXPECT_TRUE(problem("/pipeline/x", "[]").starts_with("ERR nothing may follow /pipeline"));
}

TEST(LocalRequest, MakesACommandOfAnEventStream) {
  EXPECT_EQ(command("/subscribe/a/b%2Fc"), (Words{"subscribe", "a", "b/c"}));
  EXPECT_EQ(command("/psubscribe/a*", "b*"), (Words{"psubscribe", "a*", "b*"}));
  EXPECT_EQ(command("/subscribe", "a"), (Words{"subscribe", "a"}));
  EXPECT_EQ(command("/subscribe/a", "[]"), (Words{"subscribe", "a"}));
  EXPECT_EQ(command("/Monitor?_token=t", "[]"), (Words{"Monitor"}));
}

TEST(LocalRequest, RefusesAnEventStreamOfNothing) {
  EXPECT_EQ(
      problem("/subscribe"),
      "ERR there is no channel; POST to /subscribe/channel, or to /subscribe/channel1/channel2 for more of them");
  EXPECT_EQ(
      problem("/psubscribe/a/"),
      "ERR pattern 2 is empty; POST to /psubscribe/pattern, or to /psubscribe/pattern1/pattern2 for more of them");
  EXPECT_EQ(problem("/subscribe/a?b=c"), "ERR /subscribe takes no query");
  EXPECT_EQ(problem("/monitor?b"), "ERR /monitor takes no query");
  EXPECT_EQ(problem("/monitor/a"), "ERR /monitor takes nothing after it and no body");
  EXPECT_EQ(problem("/monitor", "a"), "ERR /monitor takes nothing after it and no body");
}

TEST(LocalRequest, FindsTheTokenInTheQuery) {
  EXPECT_EQ(query_token("EX=1&_token=a%2Bb&NX"), "a+b");
  EXPECT_EQ(query_token("_token=first&_token=second"), "first");
  EXPECT_EQ(query_token("EX=1"), std::nullopt);
  EXPECT_EQ(query_token(""), std::nullopt);
}

}  // namespace
}  // namespace upstash::local
