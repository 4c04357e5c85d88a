#include "client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "call.hpp"
#include "curl_transport.hpp"
#include "raw_body_request.hpp"
#include "reply_document.hpp"
#include "telemetry.hpp"

namespace upstash::detail {

/// The first bytes of a reply, kept because parsing overwrites it.
class Client::Excerpt {
 public:
  explicit Excerpt(std::string_view body, bool is_cut = false)
      : size_(std::min(body.size(), bytes_.size())), cut_(is_cut || size_ < body.size()) {
    std::copy_n(body.data(), size_, bytes_.data());
  }
  [[nodiscard]] std::string_view text() const noexcept { return {bytes_.data(), size_}; }
  [[nodiscard]] bool is_cut() const noexcept { return cut_; }

 private:
  std::array<char, 96> bytes_;
  std::size_t size_;
  bool cut_;
};

namespace {

constexpr std::string_view json_type = "application/json";

/// Tells the observer how the request ended, whichever way it does.
class Observation {
 public:
  Observation(const ClientOptions& options, const Call& call) : options_(options), start_(call.start()) {}
  Observation(const Observation&) = delete;
  Observation& operator=(const Observation&) = delete;
  ~Observation() {
    if (!options_.observer) return;
    info.duration = Call::Clock::now() - start_;
    options_.observer(info);
  }

  RequestInfo info{};

 private:
  const ClientOptions& options_;
  Call::Clock::time_point start_;
};

/// A proxy's or load balancer's own words in place of a reply of the API: the reply was lost.
bool is_gateway_failure(const HttpResponse& response) {
  if (response.status < 500) return false;
  const std::string_view body = response.body;
  const bool is_api_error =
      (body.starts_with('{') && body.find("\"error\"") != std::string_view::npos) || body.starts_with('-');
  return !is_api_error;
}

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

std::shared_ptr<Transport> make_transport(const ClientOptions& options, const Endpoint& endpoint) {
  if (options.transport) return options.transport;
  return std::make_shared<CurlTransport>(CurlSettings{
      .tls = endpoint.tls,
      .connect_timeout = options.connect_timeout,
      .ca_file = options.ca_file,
      .proxy = options.proxy,
      .max_reply_bytes = options.max_reply_bytes,
      .max_idle_connections = options.max_idle_connections});
}

ClientOptions checked(ClientOptions options) {
  if (options.rest_retry_interval.count() < 0) throw UsageError("rest_retry_interval must not be negative");
  if (options.connect_timeout.count() <= 0) throw UsageError("connect_timeout must be positive");
  options.token = checked_token(options.token);
  static_cast<void>(Call(options, {}));  // checks the defaults of every call
  return options;
}

}  // namespace

Client::Client(ClientOptions options)
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
      transport_(make_transport(options_, endpoint_)) {}

void Client::run(const AnyCommand& command, const CallOptions& options, void* result) {
  const EncodedCommand& encoded = command.encoded();
  const std::string custom_name = command.traits().name.empty() ? command.name() : std::string();
  const std::string raw_url = encoded.binary ? raw_body_url(endpoint_.base_url, command) : std::string();
  const Outgoing outgoing{
      .url = encoded.binary ? raw_url : command_url_,
      .body = encoded.binary ? std::string_view(encoded.binary->bytes) : encoded.json,
      .name = custom_name.empty() ? command.traits().name : custom_name,
      .commands = 1,
      .idempotent = command.idempotent(),
      .headers = encoded.binary ? raw_body_headers_ : headers_};
  read(outgoing, send(outgoing, options), [&](const ReplyNode& reply) {
    command.result_type().parse(reply, result);
  });
}

void Client::run_all(
    Pipeline::Kind kind,
    std::string_view body,
    bool idempotent,
    std::span<ResultBox> boxes,
    const CallOptions& options) {
  const bool is_transaction = kind == Pipeline::Kind::transaction;
  const Outgoing outgoing{
      .url = is_transaction ? transaction_url_ : pipeline_url_,
      .body = body,
      .name = is_transaction ? "transaction" : "pipeline",
      .commands = boxes.size(),
      .idempotent = idempotent,
      .headers = is_transaction ? transaction_headers_ : headers_};
  read(outgoing, send(outgoing, options), [&](const ReplyNode& reply) {
    if (reply.kind != ReplyNode::Kind::array || reply.size != boxes.size()) {
      throw_shape_error("a list of " + std::to_string(boxes.size()) + " replies", reply);
    }
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const ReplyNode& one = reply.elements()[i];
      const auto where = [&] {
        return boxes[i].command() + " (" + std::string(outgoing.name) + " slot " + std::to_string(i) + ")";
      };
      if (one.kind == ReplyNode::Kind::error) {
        boxes[i].fail(server_error(where(), one.view(), boxes[i].command(), 200));
        continue;
      }
      try {
        boxes[i].parse(one);
      } catch (const ShapeError& error) {
        throw ShapeError(where() + ": " + error.what());
      }
    }
  });
}

std::string Client::sync_token() {
  return sync_token_.with([](const SyncToken& token) { return token.text; });
}

void Client::set_sync_token(std::string text) {
  sync_token_.with([&](SyncToken& token) { token.text = std::move(text); });
}

HttpResponse Client::send(const Outgoing& outgoing, const CallOptions& options) {
  const Call call(options_, options);
  Observation observation(options_, call);
  observation.info.command = outgoing.name;
  observation.info.commands = outgoing.commands;
  observation.info.request_bytes = outgoing.body.size();
  Outcome outcome = Outcome::not_executed;  // of all attempts together
  for (int attempts = 1;; ++attempts) {
    observation.info.attempts = attempts;
    observation.info.http_status = 0;
    observation.info.reply_bytes = 0;
    std::string reason;
    const auto message = [&] {
      return failure_message(outgoing, reason, outcome, attempts, call.stop_token().stop_requested());
    };
    const auto fail = [&](const TransportError& error) {
      reason = error.what();
      if (error.outcome() == Outcome::unknown) outcome = Outcome::unknown;
      return error.outcome();
    };
    bool may_retry = false;
    std::optional<HttpResponse> answer;
    try {
      answer = attempt(outgoing, call);
      observation.info.http_status = answer->status;
      observation.info.reply_bytes = answer->body.size();
      may_retry =
          is_gateway_failure(*answer) && call.may_retry(attempts, Outcome::unknown, outgoing.idempotent);
      if (!may_retry) return std::move(*answer);
      outcome = Outcome::unknown;
    } catch (const TimeoutError& error) {
      fail(error);
      throw TimeoutError(message(), outcome, attempts);
    } catch (const CancelledError& error) {
      fail(error);
      throw CancelledError(message(), outcome, attempts);
    } catch (const TransportError& error) {
      if (!call.may_retry(attempts, fail(error), outgoing.idempotent)) {
        throw TransportError(message(), outcome, attempts);
      }
    } catch (const ProtocolError& error) {
      observation.info.http_status = error.http_status();
      throw_protocol_error(outgoing, error.what(), Excerpt(error.excerpt(), true), error.http_status());
    }
    switch (call.wait_before_retry(attempts)) {
      case Call::Wait::over:
        break;
      case Call::Wait::too_long:
        if (answer) return std::move(*answer);
        reason += "; the deadline leaves no time for a retry";
        throw TimeoutError(message(), outcome, attempts);
      case Call::Wait::cancelled:
        reason = "a stop was requested before the retry";
        throw CancelledError(message(), outcome, attempts);
    }
  }
}

HttpResponse Client::attempt(const Outgoing& outgoing, const Call& call) {
  if (call.stop_token().stop_requested()) {
    throw CancelledError("a stop was requested", Outcome::not_executed);
  }
  const std::string token = options_.read_your_writes ? sync_token() : std::string();
  HttpResponse response = transport_->send(HttpRequest{
      .url = outgoing.url,
      .headers = outgoing.headers,
      .sync_token = token,
      .body = outgoing.body,
      .may_resend = call.may_repeat(outgoing.idempotent),
      .deadline = call.deadline(),
      .stop_token = call.stop_token()});
  if (options_.read_your_writes && !response.sync_token.empty())
    set_sync_token(std::move(response.sync_token));
  return response;
}

void Client::read(
    const Outgoing& outgoing, HttpResponse response, const std::function<void(const ReplyNode&)>& use) const {
  const Excerpt excerpt(response.body);
  const auto strings =
      options_.rest_encoding == Encoding::none ? StringEncoding::plain : StringEncoding::base64;
  std::string problem = "it is no error, as the status has it";
  try {
    const ReplyDocument document(std::move(response.body), strings, options_.max_reply_depth);
    const ReplyNode& reply = document.root();
    if (reply.kind == ReplyNode::Kind::error) {
      server_error(std::string(outgoing.name), reply.view(), outgoing.name, response.status)->raise();
    }
    if (response.status == 200) return use(reply);
  } catch (const MalformedReply& error) {
    problem = error.what();
  } catch (const ShapeError& error) {
    problem = error.what();
  }
  if (response.status == 401) {
    server_error(std::string(outgoing.name), "HTTP 401: " + shown(excerpt), outgoing.name, 401)->raise();
  }
  throw_protocol_error(outgoing, "is not the API's: " + problem, excerpt, response.status);
}

void Client::throw_protocol_error(
    const Outgoing& outgoing, std::string_view problem, const Excerpt& excerpt, int http_status) const {
  const std::string start = shown(excerpt);
  std::string message = context(outgoing.name) + ": the reply (HTTP " + std::to_string(http_status) + ") ";
  message.append(problem).append("; it begins: ").append(start).append(" (");
  if (http_status != 200) message.append(advice(http_status)).append("; ");
  message += outgoing.idempotent ? "it is safe to try again)"
                                 : "whether it was executed is unknown: check before you repeat it)";
  throw ProtocolError(redacted(std::move(message)), start, http_status);
}

std::string Client::context(std::string_view name) const {
  return std::string(name) + " at " + endpoint_.host;
}

std::shared_ptr<const ServerError> Client::server_error(
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

std::string Client::failure_message(
    const Outgoing& outgoing, std::string_view reason, Outcome outcome, int attempts, bool stopped) const {
  std::string message = context(outgoing.name) + ": no reply after " + std::to_string(attempts) +
                        (attempts == 1 ? " attempt: " : " attempts: ") + std::string(reason);
  if (outcome == Outcome::not_executed) {
    message += stopped ? " (nothing was executed)" : " (nothing was executed; check the url and the network)";
  } else if (outgoing.idempotent) {
    message += " (whether it was executed is unknown; it is safe to try again)";
  } else {
    message += " (whether it was executed is unknown: check before you repeat it)";
  }
  return redacted(std::move(message));
}

std::string Client::shown(const Excerpt& excerpt) const {
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

std::string Client::redacted(std::string text) const {
  for (std::size_t at = text.find(options_.token); at != std::string::npos;
       at = text.find(options_.token, at)) {
    text.replace(at, options_.token.size(), "***");
    at += 3;
  }
  return text;
}

}  // namespace upstash::detail
