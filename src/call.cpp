#include "call.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace upstash::detail {

namespace {

/// As long as makes no difference to anybody, and counted in milliseconds still fits everywhere.
constexpr std::chrono::milliseconds longest_timeout = std::chrono::days(24);

}  // namespace

Call::Call(const ClientOptions& client, const CallOptions& call)
    : client_(&client),
      timeout_(std::min(call.timeout.value_or(client.timeout), longest_timeout)),
      retries_(call.retries.value_or(client.rest_retries)),
      policy_(call.retry_policy.value_or(client.retry_policy)),
      stop_token_(call.stop_token) {
  if (timeout_.count() <= 0) throw UsageError("the timeout must be positive");
  if (retries_ < 0) throw UsageError("the number of retries must not be negative");
}

std::optional<Call::Clock::time_point> Call::retry_time(int retry, Clock::time_point failure) const {
  const auto wait = client_->retry_backoff ? client_->retry_backoff(retry) : client_->rest_retry_interval;
  if (wait >= timeout_) return std::nullopt;  // before it is added to anything: it may be without end
  const auto until = failure + wait;
  if (until >= deadline()) return std::nullopt;
  return until;
}

bool Call::wait_until(Clock::time_point until) const {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any stopped;
  return !stopped.wait_until(lock, stop_token_, until, [this] { return stop_token_.stop_requested(); });
}

}  // namespace upstash::detail
