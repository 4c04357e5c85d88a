// What the events of a stream say.
#include "stream_event.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "reply_document.hpp"
#include "thrown_by.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using detail::EventDecoder;
using detail::MalformedReply;
using detail::StreamKind;
using Names = std::vector<std::string>;

template <class Event>
Event decoded(StreamKind kind, const Names& names, const std::string& data) {
  return std::get<Event>(EventDecoder(kind, names).decode(data).value());
}

Message message(const Names& names, const std::string& data) {
  return decoded<Message>(StreamKind::channels, names, data);
}

TEST(EventDecoder, Messages) {
  EXPECT_EQ(
      message({"chat"}, "message,chat,hello, world"),
      (Message{.channel = "chat", .payload = "hello, world"}));
  EXPECT_EQ(message({"chat"}, "message,chat,"), (Message{.channel = "chat"}));
  EXPECT_EQ(
      message({"chat"}, "message,chat,\0\xff\r\n,"s),
      (Message{.channel = "chat", .payload = "\0\xff\r\n,"s}));
}

TEST(EventDecoder, ChannelsThatHoldCommas) {
  EXPECT_EQ(message({"a,b", "c"}, "message,a,b,c,d"), (Message{.channel = "a,b", .payload = "c,d"}));
  EXPECT_EQ(message({",", "c"}, "message,,,x"), (Message{.channel = ",", .payload = "x"}));
  EXPECT_EQ(
      decoded<Subscribed>(StreamKind::channels, {"a,1", "b"}, "subscribe,a,1,2"),
      (Subscribed{.name = "a,1", .count = 2}));
}

TEST(EventDecoder, ChannelsThatTheServerSpellsAnotherWay) {
  EXPECT_EQ(
      message({"\xff"}, "message,\xef\xbf\xbd,x,y"), (Message{.channel = "\xef\xbf\xbd", .payload = "x,y"}));
}

TEST(EventDecoder, Confirmations) {
  EXPECT_EQ(
      decoded<Subscribed>(StreamKind::channels, {"chat"}, "subscribe,chat,1"),
      (Subscribed{.name = "chat", .count = 1}));
  EXPECT_EQ(
      decoded<Subscribed>(StreamKind::patterns, {"news.*"}, "psubscribe,news.*,12"),
      (Subscribed{.name = "news.*", .count = 12}));
}

TEST(EventDecoder, PatternMessages) {
  const auto decode = [](const Names& names, const std::string& data) {
    return decoded<Message>(StreamKind::patterns, names, data);
  };
  EXPECT_EQ(
      decode({"news.*"}, "pmessage,news.*,news.art,hello, you"),
      (Message{.channel = "news.art", .pattern = "news.*", .payload = "hello, you"}));
  EXPECT_EQ(
      decode({"a,*"}, "pmessage,a,*,a,b,c,d"),
      (Message{.channel = "a,b", .pattern = "a,*", .payload = "c,d"}));
  EXPECT_EQ(
      decode({"[a,b]", "x"}, "pmessage,[a,b],a,c"),
      (Message{.channel = "a", .pattern = "[a,b]", .payload = "c"}));
}

TEST(EventDecoder, RefusesNamesThatCannotBeToldApart) {
  const auto refused = [](StreamKind kind, const Names& names) {
    return message_of<UsageError>([&] { EventDecoder(kind, names); });
  };
  EXPECT_TRUE(
      holds(refused(StreamKind::channels, {"b", "a,b,c", "a,b"}), "SUBSCRIBE: one name is another one"));
  EXPECT_TRUE(holds(refused(StreamKind::patterns, {"a", "a,*"}), "PSUBSCRIBE: one name is another one"));
  EXPECT_EQ(refused(StreamKind::channels, {}), "SUBSCRIBE: at least one name is needed");
  EXPECT_EQ(refused(StreamKind::channels, {"a", ""}), "SUBSCRIBE: the REST API cannot carry an empty name");
  EXPECT_NO_THROW(EventDecoder(StreamKind::channels, {"a", "ab,c", "ab,cd", "a"}));
}

TEST(EventDecoder, RefusesWhatItDoesNotKnow) {
  const EventDecoder channels(StreamKind::channels, {"chat"});
  for (const char* const data :
       {"",
        "message",
        "message,",
        "message,chat",
        "subscribe,chat,",
        "subscribe,chat,x",
        "subscribe,chat",
        "pmessage,chat,a,b",
        "unsubscribe,chat,0",
        R"({"error":"ERR"})"}) {
    EXPECT_THROW(static_cast<void>(channels.decode(data)), MalformedReply) << data;
  }
  EXPECT_THROW(
      static_cast<void>(EventDecoder(StreamKind::patterns, {"a,b*"}).decode("pmessage,a,b*,a,b")),
      MalformedReply);
}

TEST(StreamPath, HoldsTheNamesEncoded) {
  EXPECT_EQ(detail::path_of(StreamKind::channels, {"a/b", ".", "\0\xff"s}), "/subscribe/a%2Fb/%2E/%00%FF");
  EXPECT_EQ(detail::path_of(StreamKind::patterns, {"news.*"}), "/psubscribe/news.%2A");
  EXPECT_EQ(detail::path_of(StreamKind::commands, {}), "/monitor");
}

TEST(MonitoredCommand, IsReadFromItsLine) {
  const EventDecoder decoder(StreamKind::commands, {});
  EXPECT_FALSE(decoder.decode(R"("OK")"));
  EXPECT_FALSE(decoder.decode("OK"));
  const auto command =
      std::get<MonitoredCommand>(decoder.decode(R"(1721284005.042090 [3 0.0.0.0:0] "GET" "k")").value());
  EXPECT_EQ(command.time.time_since_epoch(), std::chrono::microseconds(1721284005042090));
  EXPECT_EQ(command.database, 3);
  EXPECT_EQ(command.client, "0.0.0.0:0");
  EXPECT_EQ(command.arguments, (Names{"GET", "k"}));
}

TEST(MonitoredCommand, HasItsArgumentsUnescaped) {
  const auto arguments = [](const std::string& quoted) {
    return detail::parse_monitored_command("1.000000 [0 lua] " + quoted).arguments;
  };
  EXPECT_EQ(arguments(R"("SET" "" "a b\"\\c")"), (Names{"SET", "", "a b\"\\c"}));
  EXPECT_EQ(arguments(R"("\n\r\t\a\b\x00\xff\xAb\x41")"), Names{"\n\r\t\a\b\0\xff\xab\x41"s});
  EXPECT_EQ(arguments(R"("[0 x] ] \" \"")"), Names{R"([0 x] ] " ")"});
}

TEST(MonitoredCommand, KnowsClientsOfAllKinds) {
  for (const std::string& client : {"[::1]:4242"s, "unix:/tmp/a b.sock"s, "lua"s, "127.0.0.1:1"s}) {
    EXPECT_EQ(detail::parse_monitored_command("1.000000 [0 " + client + "] \"PING\"").client, client);
  }
}

TEST(MonitoredCommand, RefusesWhatIsNone) {
  for (const char* const line :
       {"",
        "x",
        "1.000000",
        "1.000000 [0 lua]",
        "1.000000 [0 lua] ",
        "1.000000 [0 lua] PING",
        "1.000000 [0 lua] \"PING",
        "1.000000 [0 lua] \"PING\\",
        "1.000000 [0 lua] \"\\x4\"",
        "1.000000 [0 lua] \"\\xzz\"",
        "1.000000 [0 lua] \"A\"\"B\"",
        "1.000000 [0 lua] \"A\" ",
        "1.0000 [0 lua] \"A\"",
        "x.000000 [0 lua] \"A\"",
        "1.000000 [x lua] \"A\"",
        "99999999999999999.000000 [0 lua] \"A\""}) {
    EXPECT_THROW(static_cast<void>(detail::parse_monitored_command(line)), MalformedReply) << line;
  }
}

}  // namespace
}  // namespace upstash::test
