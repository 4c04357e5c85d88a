#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "reply_writer.hpp"

namespace upstash::local {
namespace {

// Through hiredis' reader, so that the replies are what the server really gets.
std::string rendered(std::string_view resp, ReplyFormat format) {
  const std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader(
      redisReaderCreate(), &redisReaderFree);
  void* parsed = nullptr;
  if (redisReaderFeed(reader.get(), resp.data(), resp.size()) != REDIS_OK ||
      redisReaderGetReply(reader.get(), &parsed) != REDIS_OK || parsed == nullptr) {
    throw std::runtime_error("not RESP");
  }
  const std::unique_ptr<void, decltype(&freeReplyObject)> reply(parsed, &freeReplyObject);
  std::string out;
  append_result(out, *static_cast<const redisReply*>(parsed), format);
  return out;
}

std::string json(std::string_view resp) { return rendered(resp, ReplyFormat::json); }
std::string base64(std::string_view resp) { return rendered(resp, ReplyFormat::json_base64); }

std::string json_string(std::string_view bytes) {
  std::string out;
  append_json_string(out, bytes);
  return out;
}

TEST(LocalReplyWriter, WritesEveryKindOfReply) {
  EXPECT_EQ(json("+OK\r\n"), R"({"result":"OK"})");
  EXPECT_EQ(json("$-1\r\n"), R"({"result":null})");
  EXPECT_EQ(json("*-1\r\n"), R"({"result":null})");
  EXPECT_EQ(json(":-9223372036854775808\r\n"), R"({"result":-9223372036854775808})");
  EXPECT_EQ(json(":9223372036854775807\r\n"), R"({"result":9223372036854775807})");
  EXPECT_EQ(json("$3\r\na\"b\r\n"), R"({"result":"a\"b"})");
  EXPECT_EQ(json("*0\r\n"), R"({"result":[]})");
  EXPECT_EQ(json("*3\r\n:1\r\n*1\r\n$1\r\na\r\n$-1\r\n"), R"({"result":[1,["a"],null]})");
  EXPECT_EQ(json("-ERR no\r\n"), R"({"error":"ERR no"})");
  EXPECT_EQ(json("*1\r\n-ERR no\r\n"), R"({"result":["ERR no"]})");
}

TEST(LocalReplyWriter, EncodesEveryStringButTheStatusOk) {
  EXPECT_EQ(base64("+OK\r\n"), R"({"result":"OK"})");
  EXPECT_EQ(base64("$2\r\nOK\r\n"), R"({"result":"T0s="})");
  EXPECT_EQ(base64("+PONG\r\n"), R"({"result":"UE9ORw=="})");
  EXPECT_EQ(base64("$0\r\n\r\n"), R"({"result":""})");
  EXPECT_EQ(base64("*3\r\n$2\r\n\xFF\xFE\r\n*1\r\n+OK\r\n:1\r\n"), R"({"result":["//4=",["OK"],1]})");
  EXPECT_EQ(base64("-ERR no\r\n"), R"({"error":"ERR no"})");
  EXPECT_EQ(base64("*1\r\n-ERR no\r\n"), R"({"result":["RVJSIG5v"]})");
}

TEST(LocalReplyWriter, WritesRespAsItCame) {
  for (const std::string_view resp :
       {"+OK\r\n",
        "$-1\r\n",
        ":-5\r\n",
        "$2\r\n\xFF\n\r\n",
        "*2\r\n*1\r\n:1\r\n-ERR no\r\n",
        "-ERR no\r\n",
        "*0\r\n"}) {
    EXPECT_EQ(rendered(resp, ReplyFormat::resp2), resp);
  }
  std::string out;
  append_error(out, "ERR two\r\nlines", ReplyFormat::resp2);
  EXPECT_EQ(out, "-ERR two  lines\r\n");
}

TEST(LocalReplyWriter, EscapesWhatJsonWantsEscaped) {
  EXPECT_EQ(
      json_string(std::string_view("\0\x1F\b\t\n\f\r\"\\/\x7F", 11)),
      R"("\u0000\u001f\b\t\n\f\r\"\\/)"
      "\x7F\"");
  EXPECT_EQ(json_string("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\"");
}

TEST(LocalReplyWriter, ReplacesEachMaximalPartThatIsNotUtf8) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(json_string("a\xFFz"), "\"a" + r + "z\"");
  EXPECT_EQ(json_string("\xC0\xAF"), "\"" + r + r + "\"");                  // overlong
  EXPECT_EQ(json_string("\xE0\x80\x80"), "\"" + r + r + r + "\"");          // overlong
  EXPECT_EQ(json_string("\xED\xA0\x80"), "\"" + r + r + r + "\"");          // surrogate
  EXPECT_EQ(json_string("\xF4\x90\x80\x80"), "\"" + r + r + r + r + "\"");  // beyond U+10FFFF
  EXPECT_EQ(json_string("\xE2\x82"), "\"" + r + "\"");                      // cut off at the end
  EXPECT_EQ(
      json_string("\xF0\x9F\x98"
                  "A"),
      "\"" + r + "A\"");                                               // cut off by another
  EXPECT_EQ(json_string("\x80\xBF"), "\"" + r + r + "\"");             // no lead
  EXPECT_EQ(json_string("\xF4\x8F\xBF\xBF"), "\"\xF4\x8F\xBF\xBF\"");  // the last there is
}

}  // namespace
}  // namespace upstash::local
