#include "client.hpp"

#include <optional>
#include <utility>

#include "attempts.hpp"
#include "call.hpp"
#include "curl_transport.hpp"
#include "raw_body_request.hpp"

namespace upstash::detail {

namespace {

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

std::shared_ptr<Transport> make_transport(const Protocol& protocol) {
  if (protocol.options().transport) return protocol.options().transport;
  return std::make_shared<CurlTransport>(protocol.curl_settings());
}

}  // namespace

Client::Client(ClientOptions options)
    : protocol_(std::move(options)), transport_(make_transport(protocol_)) {}

void Client::run(const AnyCommand& command, const CallOptions& options, void* result) {
  const EncodedCommand& encoded = command.encoded();
  const std::string custom_name = command.traits().name.empty() ? command.name() : std::string();
  const std::string raw_url = encoded.binary ? raw_body_url(protocol_.base_url(), command) : std::string();
  const Outgoing outgoing{
      .url = encoded.binary ? raw_url : protocol_.command_url(),
      .body = encoded.binary ? std::string_view(encoded.binary->bytes) : encoded.json,
      .subject =
          {.name = custom_name.empty() ? command.traits().name : custom_name,
           .idempotent = command.idempotent()},
      .commands = 1,
      .headers = encoded.binary ? protocol_.raw_body_headers() : protocol_.headers()};
  const ReplyReader reader(protocol_, send(outgoing, options));
  if (reader.reply() == nullptr) reader.fail(outgoing.subject);
  try {
    command.result_type().parse(*reader.reply(), result);
  } catch (const ShapeError& error) {
    reader.fail(outgoing.subject, error.what());
  }
}

void Client::run_all(
    Pipeline::Kind kind,
    std::string_view body,
    bool idempotent,
    std::span<ResultBox> boxes,
    const CallOptions& options) {
  const Outgoing outgoing{
      .url = protocol_.url_of(kind),
      .body = body,
      .subject = {.name = name_of(kind), .idempotent = idempotent},
      .commands = boxes.size(),
      .headers = protocol_.headers_of(kind)};
  const ReplyReader reader(protocol_, send(outgoing, options));
  if (reader.reply() == nullptr) reader.fail(outgoing.subject);
  try {
    parse_replies(protocol_, *reader.reply(), outgoing.subject.name, boxes);
  } catch (const ShapeError& error) {
    reader.fail(outgoing.subject, error.what());
  }
}

HttpResponse Client::send(const Outgoing& outgoing, const CallOptions& options) {
  const Call call(protocol_.options(), options);
  Observation observation(protocol_.options(), call);
  RequestInfo& info = observation.info;
  info.command = outgoing.subject.name;
  info.commands = outgoing.commands;
  info.request_bytes = outgoing.body.size();
  Attempts attempts;
  while (true) {
    info.attempts = attempts.begin();
    info.http_status = 0;
    info.reply_bytes = 0;
    std::optional<HttpResponse> answer;
    std::string reason;
    try {
      answer = attempt(outgoing, call);
      info.http_status = answer->status;
      info.reply_bytes = answer->body.size();
      if (!attempts.lost(*answer, call, outgoing.subject.idempotent)) return std::move(*answer);
    } catch (const TransportError& error) {
      attempts.failed(error, protocol_, outgoing.subject, call);
      reason = error.what();
    } catch (const ProtocolError& error) {
      info.http_status = error.http_status();
      throw_protocol_error(protocol_, outgoing.subject, error);
    }
    const auto retry = call.retry_time(attempts.count(), Call::Clock::now());
    if (!retry) {
      if (answer) return std::move(*answer);
      attempts.throw_no_time(reason, protocol_, outgoing.subject);
    }
    if (!call.wait_until(*retry)) attempts.throw_stopped_between(protocol_, outgoing.subject);
  }
}

HttpResponse Client::attempt(const Outgoing& outgoing, const Call& call) {
  if (call.stop_token().stop_requested()) {
    throw CancelledError("a stop was requested", Outcome::not_executed);
  }
  const std::string token = protocol_.token_to_send();
  HttpResponse response = transport_->send(HttpRequest{
      .url = outgoing.url,
      .headers = outgoing.headers,
      .sync_token = token,
      .body = outgoing.body,
      .may_resend = call.may_repeat(outgoing.subject.idempotent),
      .deadline = call.deadline(),
      .stop_token = call.stop_token()});
  protocol_.take_token(response);
  return response;
}

}  // namespace upstash::detail
