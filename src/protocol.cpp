#include "protocol.hpp"

#include <algorithm>
#include <utility>

#include "call.hpp"
#include "telemetry.hpp"

namespace upstash::detail {

namespace {

constexpr std::string_view json_type = "application/json";

/// What to do about a reply that is not the API's.
std::string_view advice(int status) {
  if (status >= 300 && status < 400) return "redirects are not followed: check the url";
  if (status >= 500) return "a proxy or load balancer answered in the server's place";
  return "check that the url is the database's REST URL";
}

std::vector<std::string> headers_for(
    const ClientOptions& options, Encoding encoding, std::string_view content_type) {
  std::vector<std::string> headers{
      "Authorization: Bearer " + options.token, "Content-Type: " + std::string(content_type)};
  if (encoding == Encoding::base64) headers.emplace_back("Upstash-Encoding: base64");
  if (encoding == Encoding::resp2) headers.emplace_back("Upstash-Response-Format: resp2");
  if (options.allow_telemetry) {
    for (std::string& header : telemetry_headers()) headers.push_back(std::move(header));
  }
  return headers;
}

ClientOptions checked(ClientOptions options) {
  if (options.rest_retry_interval.count() < 0) throw UsageError("rest_retry_interval must not be negative");
  if (options.connect_timeout.count() <= 0) throw UsageError("connect_timeout must be positive");
  options.token = checked_token(options.token);
  static_cast<void>(Call(options, {}));  // checks the defaults of every call
  return options;
}

}  // namespace

Protocol::Excerpt::Excerpt(std::string_view body, bool is_cut)
    : size_(std::min(body.size(), bytes_.size())), cut_(is_cut || size_ < body.size()) {
  std::copy_n(body.data(), size_, bytes_.data());
}

Protocol::Protocol(ClientOptions options)
    : options_(checked(std::move(options))),
      endpoint_(parse_endpoint(options_.url, options_.allow_insecure_http)),
      command_url_(endpoint_.base_url + "/"),
      pipeline_url_(endpoint_.base_url + "/pipeline"),
      transaction_url_(endpoint_.base_url + "/multi-exec"),
      headers_(headers_for(options_, options_.rest_encoding, json_type)),
      raw_body_headers_(headers_for(options_, options_.rest_encoding, "application/octet-stream")),
      transaction_headers_(headers_for(
          options_,
          options_.rest_encoding == Encoding::resp2 ? Encoding::base64 : options_.rest_encoding,
          json_type)),
      stream_headers_(headers_for(options_, Encoding::none, {})) {
  stream_headers_.emplace_back("Accept: text/event-stream");
}

CurlSettings Protocol::curl_settings() const {
  return {
      .tls = endpoint_.tls,
      .connect_timeout = options_.connect_timeout,
      .ca_file = options_.ca_file,
      .proxy = options_.proxy,
      .max_reply_bytes = options_.max_reply_bytes,
      .max_idle_connections = options_.max_idle_connections};
}

std::string Protocol::sync_token() const {
  return sync_token_.with([](const SyncToken& token) { return token.text; });
}

void Protocol::set_sync_token(std::string text) const {
  sync_token_.with([&](SyncToken& token) { token.text = std::move(text); });
}

std::string Protocol::token_to_send() const {
  return options_.read_your_writes ? sync_token() : std::string();
}

void Protocol::take_token(HttpResponse& response) const {
  if (options_.read_your_writes && !response.sync_token.empty())
    set_sync_token(std::move(response.sync_token));
}

void Protocol::throw_protocol_error(
    const Subject& subject, std::string_view problem, const Excerpt& excerpt, int http_status) const {
  const std::string start = shown(excerpt);
  std::string message = context(subject.name) + ": the reply (HTTP " + std::to_string(http_status) + ") ";
  message.append(problem).append("; it begins: ").append(start).append(" (");
  if (http_status != 200) message.append(advice(http_status)).append("; ");
  message += subject.idempotent ? "it is safe to try again)"
                                : "whether it was executed is unknown: check before you repeat it)";
  throw ProtocolError(redacted(std::move(message)), start, http_status);
}

std::string Protocol::context(std::string_view name) const {
  return std::string(name) + " at " + endpoint_.host;
}

std::shared_ptr<const ServerError> Protocol::server_error(
    const std::string& where, std::string_view reply, std::string_view command, int http_status) const {
  const std::string text = redacted(std::string(reply));
  if (http_status == 401) {
    return std::make_shared<AuthError>(
        context(where),
        text,
        "check the token: ClientOptions::token or UPSTASH_REDIS_REST_TOKEN",
        command,
        401);
  }
  if (text.starts_with("NOPERM")) {
    return std::make_shared<AuthError>(
        context(where),
        text,
        "this token may not do that; a read-only token cannot write, take the standard one",
        command,
        http_status);
  }
  return std::make_shared<ServerError>(context(where), text, "", command, http_status);
}

std::string Protocol::failure_message(
    const Subject& subject, std::string_view reason, Outcome outcome, int attempts, bool stopped) const {
  std::string message = context(subject.name);
  if (attempts == 0) {
    message.append(": not sent: ").append(reason).append(" (nothing was executed)");
    return redacted(std::move(message));
  }
  message.append(": no reply after ").append(std::to_string(attempts));
  message.append(attempts == 1 ? " attempt: " : " attempts: ").append(reason);
  if (outcome == Outcome::not_executed) {
    message += stopped ? " (nothing was executed)" : " (nothing was executed; check the url and the network)";
  } else if (subject.idempotent) {
    message += " (whether it was executed is unknown; it is safe to try again)";
  } else {
    message += " (whether it was executed is unknown: check before you repeat it)";
  }
  return redacted(std::move(message));
}

std::string Protocol::shown(const Excerpt& excerpt) const {
  std::string text(excerpt.text());
  if (excerpt.is_cut()) {
    // The end may be the beginning of the token, which redacted() would not know.
    const std::string_view token = options_.token;
    std::size_t size = std::min(token.size(), text.size());
    while (size > 0 && !text.ends_with(token.substr(0, size))) --size;
    text.resize(text.size() - size);
  }
  text = redacted(std::move(text));
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, ' ');
  return excerpt.is_cut() ? text + "..." : text;
}

std::string Protocol::redacted(std::string text) const {
  for (std::size_t at = text.find(options_.token); at != std::string::npos;
       at = text.find(options_.token, at)) {
    text.replace(at, options_.token.size(), "***");
    at += 3;
  }
  return text;
}

ReplyReader::ReplyReader(const Protocol& protocol, HttpResponse response)
    : protocol_(protocol), excerpt_(response.body), status_(response.status) {
  const ClientOptions& options = protocol.options();
  const auto strings =
      options.rest_encoding == Encoding::none ? StringEncoding::plain : StringEncoding::base64;
  try {
    document_.emplace(std::move(response.body), strings, options.max_reply_depth);
    if (status_ == 200 && document_->root().kind != ReplyNode::Kind::error) reply_ = &document_->root();
  } catch (const MalformedReply& error) {
    problem_ = error.what();
  }
}

void ReplyReader::fail(const Subject& subject) const {
  if (document_ && document_->root().kind == ReplyNode::Kind::error) {
    const std::string_view text = document_->root().view();
    protocol_.server_error(std::string(subject.name), text, subject.name, status_)->raise();
  }
  fail(subject, problem_);
}

void ReplyReader::fail(const Subject& subject, std::string_view problem) const {
  if (status_ == 401) {
    const std::string text = "HTTP 401: " + protocol_.shown(excerpt_);
    protocol_.server_error(std::string(subject.name), text, subject.name, 401)->raise();
  }
  protocol_.throw_protocol_error(subject, "is not the API's: " + std::string(problem), excerpt_, status_);
}

void parse_replies(
    const Protocol& protocol, const ReplyNode& reply, std::string_view name, std::span<ResultBox> boxes) {
  if (reply.kind != ReplyNode::Kind::array || reply.size != boxes.size()) {
    throw_shape_error("a list of " + std::to_string(boxes.size()) + " replies", reply);
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const ReplyNode& one = reply.elements()[i];
    const auto where = [&] {
      return boxes[i].command() + " (" + std::string(name) + " slot " + std::to_string(i) + ")";
    };
    if (one.kind == ReplyNode::Kind::error) {
      boxes[i].fail(protocol.server_error(where(), one.view(), boxes[i].command(), 200));
      continue;
    }
    try {
      boxes[i].parse(one);
    } catch (const ShapeError& error) {
      throw ShapeError(where() + ": " + error.what());
    }
  }
}

}  // namespace upstash::detail
