#include "attempts.hpp"

#include <string>

namespace upstash::detail {

bool is_gateway_failure(const HttpResponse& response) noexcept {
  if (response.status < 500) return false;
  const std::string_view body = response.body;
  const bool is_api_error =
      (body.starts_with('{') && body.find("\"error\"") != std::string_view::npos) || body.starts_with('-');
  return !is_api_error;
}

bool Attempts::lost(const HttpResponse& answer, const Call& call, bool idempotent) noexcept {
  const bool lost = is_gateway_failure(answer) && call.may_retry(count_, Outcome::unknown, idempotent);
  if (lost) outcome_ = Outcome::unknown;
  return lost;
}

void Attempts::failed(
    const TransportError& error, const Protocol& protocol, const Subject& subject, const Call& call) {
  if (error.outcome() == Outcome::unknown) outcome_ = Outcome::unknown;
  if (dynamic_cast<const TimeoutError*>(&error) != nullptr)
    end<TimeoutError>(error.what(), protocol, subject);
  if (dynamic_cast<const CancelledError*>(&error) != nullptr)
    end<CancelledError>(error.what(), protocol, subject);
  if (!call.may_retry(count_, error.outcome(), subject.idempotent)) {
    end<TransportError>(error.what(), protocol, subject);
  }
}

void Attempts::throw_no_time(
    std::string_view reason, const Protocol& protocol, const Subject& subject) const {
  end<TimeoutError>(std::string(reason) + "; the deadline leaves no time for a retry", protocol, subject);
}

void Attempts::throw_stopped_between(const Protocol& protocol, const Subject& subject) const {
  end<CancelledError>("a stop was requested before the retry", protocol, subject);
}

void throw_protocol_error(const Protocol& protocol, const Subject& subject, const ProtocolError& error) {
  protocol.throw_protocol_error(
      subject, error.what(), Protocol::Excerpt(error.excerpt(), true), error.http_status());
}

}  // namespace upstash::detail
