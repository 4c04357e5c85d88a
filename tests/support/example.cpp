#include "example.hpp"

#include <rapidjson/document.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <stdexcept>

#include "fake_transport.hpp"
#include "scripted_server.hpp"

namespace upstash::test {

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view base_url = "https://fake.example";

std::shared_ptr<FakeTransport> answering(const std::string& reply) {
  return std::make_shared<FakeTransport>([reply](const HttpRequest&, std::size_t) {
    return HttpResponse{.status = 200, .body = reply, .sync_token = {}};
  });
}

Redis redis_over(const std::shared_ptr<FakeTransport>& transport, Encoding encoding) {
  return Redis{{
      .url = std::string(base_url),
      .token = "token",
      .rest_encoding = encoding,
      .rest_retries = 0,
      .transport = transport,
  }};
}

// What is sent

Words words_of(const RAPIDJSON_NAMESPACE::Value& command) {
  if (!command.IsArray()) throw std::runtime_error("a command that is no list");
  Words words;
  for (const auto& word : command.GetArray()) {
    if (!word.IsString()) throw std::runtime_error("an argument that is no string");
    words.emplace_back(word.GetString(), word.GetStringLength());
  }
  return words;
}

RAPIDJSON_NAMESPACE::Document parsed(const std::string& text) {
  RAPIDJSON_NAMESPACE::Document body;
  body.Parse<RAPIDJSON_NAMESPACE::kParseNumbersAsStringsFlag>(text.data(), text.size());
  if (body.HasParseError()) throw std::runtime_error("a body that is no JSON: " + text);
  return body;
}

/// The arguments of the only command that a request sent.
Words sent_words(const FakeTransport& transport, bool in_pipeline, std::size_t request = 0) {
  const std::string expected_url = std::string(base_url) + (in_pipeline ? "/pipeline" : "/");
  const FakeTransport::Sent sent = transport.sent().at(request);
  if (sent.url != expected_url) throw std::runtime_error("sent to " + sent.url);
  const auto body = parsed(sent.body);
  if (!in_pipeline) return words_of(body);
  if (!body.IsArray() || body.Size() != 1) throw std::runtime_error("not one command: " + sent.body);
  return words_of(body[0]);
}

std::string to_text(const Words& words) {
  std::vector<Data> elements(words.begin(), words.end());
  return test::to_text(list(std::move(elements)));
}

void expect_sent(const Example& example, const FakeTransport& transport, bool in_pipeline) {
  const Words sent = sent_words(transport, in_pipeline);
  if (sent == example.wire) return;
  ADD_FAILURE() << example.command << (in_pipeline ? " in a pipeline" : "") << " goes over the wire as\n  "
                << to_text(sent) << "\nbut the catalogue's example has\n  " << to_text(example.wire);
}

// What is answered

std::string base64(std::string_view bytes) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = i; j < i + 3; ++j) {
      group = (group << 8U) | (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += i + j > bytes.size() ? '=' : alphabet[(group >> (18 - 6 * j)) & 63U];
    }
  }
  return text;
}

/// The reply as JSON; with base64, all strings but OK are encoded.
std::string as_json(const Data& reply, Encoding encoding) {
  if (reply.kind == Data::Kind::list) {
    std::string text;
    for (const Data& element : reply.elements) {
      text += (text.empty() ? "[" : ",") + as_json(element, encoding);
    }
    return text.empty() ? "[]" : text + "]";
  }
  const bool encoded = reply.kind == Data::Kind::string && encoding == Encoding::base64 && reply.text != "OK";
  return encoded ? '"' + base64(reply.text) + '"' : test::to_text(reply);
}

std::string as_resp2(const Data& reply) {
  if (reply.kind == Data::Kind::error) return "-" + reply.text + "\r\n";
  if (reply.kind == Data::Kind::nil) return "$-1\r\n";
  if (reply.kind == Data::Kind::integer) return ":" + std::to_string(reply.integer) + "\r\n";
  if (reply.kind == Data::Kind::string && reply.text == "OK") return "+OK\r\n";
  if (reply.kind == Data::Kind::string) {
    return "$" + std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
  }
  std::string text = "*" + std::to_string(reply.elements.size()) + "\r\n";
  for (const Data& element : reply.elements) text += as_resp2(element);
  return text;
}

std::string envelope(const Data& reply, Encoding encoding) {
  if (encoding == Encoding::resp2) return as_resp2(reply);
  if (reply.kind == Data::Kind::error) return R"({"error":)" + test::to_text(Data(reply.text)) + "}";
  return R"({"result":)" + as_json(reply, encoding) + "}";
}

constexpr std::string_view next_cursor = "1234567890";

/// Two pages, the example's twice, were asked for with these words and gave these items.
void expect_pages(const Example& example, const Words& first, Words second, const Data& items) {
  EXPECT_EQ(first, example.wire);
  std::replace(second.begin(), second.end(), std::string(next_cursor), std::string("0"));
  EXPECT_EQ(second, example.wire) << "of the second page, but for its cursor " << next_cursor;

  const Data& page = example.result.elements.at(1);
  Data expected = page;
  expected.elements.insert(expected.elements.end(), page.elements.begin(), page.elements.end());
  if (items == expected) return;
  ADD_FAILURE() << example.command << " goes through\n  " << test::to_text(items)
                << "\nbut twice the page of the catalogue's example is\n  " << test::to_text(expected);
}

void expect_result(const Example& example, const Data& result, std::string_view where) {
  if (result == example.result) return;
  ADD_FAILURE() << example.command << ' ' << where << " returns\n  " << test::to_text(result)
                << "\nbut the catalogue's example has\n  " << test::to_text(example.result);
}

}  // namespace

void expect_wire(const Example& example, const AnyCall& call) {
  const std::string reply = envelope(example.reply, Encoding::base64);
  const auto transport = answering(reply);
  call.on(redis_over(transport, Encoding::base64), Keys());
  expect_sent(example, *transport, false);

  const auto pipeline_transport = answering("[" + reply + "]");
  call.on(redis_over(pipeline_transport, Encoding::base64).pipeline(), Keys());
  expect_sent(example, *pipeline_transport, true);
}

void expect_reply(const Example& example, const AnyCall& call) {
  const std::pair<Encoding, std::string_view> encodings[] = {
      {Encoding::base64, "as base64"}, {Encoding::none, "as plain JSON"}, {Encoding::resp2, "as RESP2"}};
  for (const auto& [encoding, where] : encodings) {
    const auto transport = answering(envelope(example.reply, encoding));
    expect_result(example, call.on(redis_over(transport, encoding), Keys()), where);
  }
  const auto transport = answering("[" + envelope(example.reply, Encoding::base64) + "]");
  expect_result(
      example, call.on(redis_over(transport, Encoding::base64).pipeline(), Keys()), "in a pipeline");
}

void expect_all_items(const Example& example, const AnyIteration& call) {
  Data first = example.reply;
  first.elements.at(0) = std::string(next_cursor);
  const std::string pages[] = {envelope(first, Encoding::base64), envelope(example.reply, Encoding::base64)};

  const auto transport = std::make_shared<FakeTransport>([&](const HttpRequest&, std::size_t number) {
    return HttpResponse{.status = 200, .body = pages[number == 1 ? 0 : 1], .sync_token = {}};
  });
  const Data items = call.on_redis(redis_over(transport, Encoding::base64), Keys());
  ASSERT_EQ(transport->sent().size(), 2U);
  expect_pages(example, sent_words(*transport, false), sent_words(*transport, false, 1), items);

  ScriptedServer server;
  for (const std::string& page : pages) server.enqueue(answer(200, page));
  const Data async_items = call.on_async_redis(AsyncRedis({.url = server.url(), .token = "token"}), Keys());
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  expect_pages(example, words_of(parsed(requests[0].body)), words_of(parsed(requests[1].body)), async_items);
}

}  // namespace upstash::test
