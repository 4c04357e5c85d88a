// Attempts: how often a request was tried, what that means for its outcome, and what becomes of it after a failure.
#pragma once

#include <string_view>
#include <type_traits>

#include <upstash/error.hpp>
#include <upstash/transport.hpp>

#include "call.hpp"
#include "protocol.hpp"

namespace upstash::detail {

/// A proxy's or load balancer's own words in place of a reply of the API: the reply was lost.
[[nodiscard]] bool is_gateway_failure(const HttpResponse& response) noexcept;

class Attempts {
 public:
  /// Another attempt begins. Returns its number, from 1.
  int begin() noexcept { return ++count_; }
  /// The attempt did not take place after all.
  void take_back() noexcept { --count_; }
  [[nodiscard]] int count() const noexcept { return count_; }
  /// Of all attempts together.
  [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }

  /// True when the answer is none of the API's and the request may be sent again, false when it is to be read.
  [[nodiscard]] bool lost(const HttpResponse& answer, const Call& call, bool idempotent) noexcept;
  /// An attempt failed. Throws the error that ends the call, unless the request may be sent again.
  void failed(
      const TransportError& error, const Protocol& protocol, const Subject& subject, const Call& call);
  /// Ends a call that may be sent again but has no time left.
  [[noreturn]] void throw_no_time(
      std::string_view reason, const Protocol& protocol, const Subject& subject) const;
  /// Ends a call between two attempts, because it was stopped.
  [[noreturn]] void throw_stopped_between(const Protocol& protocol, const Subject& subject) const;

  /// Throws the error of kind `Error` that ends the call.
  template <class Error>
  [[noreturn]] void end(std::string_view reason, const Protocol& protocol, const Subject& subject) const {
    constexpr bool stopped = std::is_same_v<Error, CancelledError>;
    throw Error(protocol.failure_message(subject, reason, outcome_, count_, stopped), outcome_, count_);
  }

 private:
  int count_ = 0;
  Outcome outcome_ = Outcome::not_executed;
};

/// Throws the ProtocolError of a transport, which does not know about commands, as the client's own.
[[noreturn]] void throw_protocol_error(
    const Protocol& protocol, const Subject& subject, const ProtocolError& error);

}  // namespace upstash::detail
