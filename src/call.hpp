// Call: one call's settings and its deadline, which runs over all attempts.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include <upstash/client_options.hpp>
#include <upstash/error.hpp>

namespace upstash::detail {

class Call {
 public:
  using Clock = std::chrono::steady_clock;

  /// The deadline runs from here. Throws UsageError for settings that cannot be right.
  Call(const ClientOptions& client, const CallOptions& call);

  [[nodiscard]] Clock::time_point start() const noexcept { return start_; }
  [[nodiscard]] Clock::time_point deadline() const noexcept { return start_ + timeout_; }
  [[nodiscard]] const std::stop_token& stop_token() const noexcept { return stop_token_; }

  /// May a request that perhaps was carried out be sent again?
  [[nodiscard]] bool may_repeat(bool idempotent) const noexcept {
    return idempotent || policy_ == RetryPolicy::always;
  }
  /// May there be another attempt after this many, the last of which failed with this outcome?
  [[nodiscard]] bool may_retry(int attempts, Outcome outcome, bool idempotent) const noexcept {
    return attempts <= retries_ && (outcome == Outcome::not_executed || may_repeat(idempotent));
  }

  /// When retry number `retry` is due after a failure at that time; nothing when the deadline comes first.
  [[nodiscard]] std::optional<Clock::time_point> retry_time(int retry, Clock::time_point failure) const;
  /// Waits until then. False: a stop was requested.
  [[nodiscard]] bool wait_until(Clock::time_point until) const;

 private:
  const ClientOptions* client_;
  Clock::time_point start_ = Clock::now();
  std::chrono::milliseconds timeout_;
  int retries_;
  RetryPolicy policy_;
  std::stop_token stop_token_;
};

}  // namespace upstash::detail
