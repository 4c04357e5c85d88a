#include <gtest/gtest.h>
#include <hiredis.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "event_writer.hpp"

namespace upstash::local {
namespace {

using namespace std::string_literals;

// `resp`: what the redis-server sends.
std::string event(std::string_view resp) {
  const std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader(
      redisReaderCreate(), &redisReaderFree);
  redisReaderFeed(reader.get(), resp.data(), resp.size());
  void* reply = nullptr;
  if (redisReaderGetReply(reader.get(), &reply) != REDIS_OK || reply == nullptr)
    throw std::runtime_error("no reply");
  std::string out;
  append_event(out, *static_cast<redisReply*>(reply));
  freeReplyObject(reply);
  return out;
}

std::string message(std::string_view channel, std::string_view payload) {
  const auto bulk = [](std::string_view text) {
    return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
  };
  return event("*3\r\n" + bulk("message") + bulk(channel) + bulk(payload));
}

TEST(LocalEventWriter, JoinsWhatASubscriptionBringsByCommas) {
  EXPECT_EQ(event("*3\r\n$9\r\nsubscribe\r\n$4\r\nchat\r\n:1\r\n"), "data: subscribe,chat,1\n\n");
  EXPECT_EQ(message("chat", "hello, world"), "data: message,chat,hello, world\n\n");
  EXPECT_EQ(message("chat", ""), "data: message,chat,\n\n");
  EXPECT_EQ(
      event("*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$2\r\nhi\r\n"),
      "data: pmessage,n*,news,hi\n\n");
}

TEST(LocalEventWriter, QuotesTheFirstLineOfMonitorOnly) {
  EXPECT_EQ(event("+OK\r\n"), "data: \"OK\"\n\n");
  EXPECT_EQ(event("+1.2 [0 unix:s] \"GET\" \"k\"\r\n"), "data: 1.2 [0 unix:s] \"GET\" \"k\"\n\n");
}

TEST(LocalEventWriter, BeginsALineAfterEachLineFeed) {
  EXPECT_EQ(message("c", "a\nb"), "data: message,c,a\ndata: b\n\n");
  EXPECT_EQ(message("c", "\n\n"), "data: message,c,\ndata: \ndata: \n\n");
  EXPECT_EQ(message("c\nd", "x"), "data: message,c\ndata: d,x\n\n");
}

TEST(LocalEventWriter, LeavesAllOtherBytesAsTheyAre) {
  EXPECT_EQ(message("c", "\0\r\xFF\x80\r\n"s), "data: message,c,\0\r\xFF\x80\r\ndata: \n\n"s);
}

}  // namespace
}  // namespace upstash::local
