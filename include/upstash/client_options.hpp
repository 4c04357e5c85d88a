// Everything that can be set on a client, and on single calls.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace upstash {

class Transport;

/// How strings travel in replies.
enum class Encoding : std::uint8_t {
  base64,  ///< Base64 inside JSON: every byte survives. The default.
  none,    ///< Plain JSON strings: shortest for text, but bytes that are not UTF-8 arrive as U+FFFD.
  resp2,   ///< Redis' own protocol as the reply's body: every byte survives. Transactions use base64 instead.
};

/// Which failed requests are sent again, at most ClientOptions::rest_retries times.
enum class RetryPolicy : std::uint8_t {
  /// A request that surely did not reach the server always; one whose reply was lost only if every command in
  /// it is idempotent. Nothing is ever applied twice.
  safe,
  /// Every request without a usable reply, as the Python and TypeScript SDKs do: a write may be applied twice.
  always,
};

/// What the observer is told about each finished request; by AsyncRedis about each attempt.
struct RequestInfo {
  std::string_view command;  ///< "GET", "pipeline" or "transaction".
  std::size_t commands;      ///< How many commands it held.
  /// From the call to its end, retries and their waits included. AsyncRedis: of the one attempt.
  std::chrono::nanoseconds duration;
  int attempts;               ///< How many there have been, this one included.
  int http_status;            ///< 0 when no reply came.
  std::size_t request_bytes;  ///< Size of the body that was sent.
  std::size_t reply_bytes;    ///< Size of the body that came.
};

/// The settings of a client; url and token are needed, everything else has a default.
struct ClientOptions {
  /// The REST URL, `https://…`; spaces and line breaks around it are removed.
  std::string url{};
  /// The REST token, the standard or the read-only one; spaces and line breaks around it are removed.
  std::string token{};
  /// How strings travel in replies.
  Encoding rest_encoding = Encoding::base64;
  /// How often a request without a usable reply is sent again; 0 for never.
  int rest_retries = 1;
  /// The wait before such a retry.
  std::chrono::milliseconds rest_retry_interval{3000};
  /// Send the library's version, the compiler and the platform (`vercel`, `aws` or `unknown`) as headers. The
  /// environment variable UPSTASH_DISABLE_TELEMETRY, set to anything but 0 or false, turns it off as well.
  bool allow_telemetry = true;
  /// Every call sees the writes whose replies this client had received when it was made.
  bool read_your_writes = true;
  /// The deadline of a call, which then ends with TimeoutError: connecting, sending, receiving, retries and the waits
  /// between them. AsyncRedis: from the call on, so with the wait until it leaves.
  std::chrono::milliseconds timeout{60'000};
  /// The limit for making one connection, name look-up and TLS handshake included.
  std::chrono::milliseconds connect_timeout{10'000};

  /// What may be sent again after a failure.
  RetryPolicy retry_policy = RetryPolicy::safe;
  /// The wait before retry number n (from 1) in place of rest_retry_interval, for backoff of your own.
  std::function<std::chrono::milliseconds(int retry)> retry_backoff{};
  /// A file of trusted CA certificates (PEM) in place of the system's.
  std::string ca_file{};
  /// `http://host:port` or `socks5h://host:port`; empty: as the environment says (HTTPS_PROXY, NO_PROXY).
  std::string proxy{};
  /// Permits plain http to a host that is not loopback; the token then travels in the clear.
  bool allow_insecure_http = false;
  /// A reply with a longer body is refused with a ProtocolError.
  std::size_t max_reply_bytes = std::size_t{1} << 30;
  /// A reply nested deeper is refused with a ProtocolError.
  std::size_t max_reply_depth = 128;
  /// How many idle connections are kept for reuse. AsyncRedis: how many there are at most, from 1 to 128.
  std::size_t max_idle_connections = 16;
  /// Called after each request, from the thread that made it; must not throw. AsyncRedis calls it on its I/O thread,
  /// after each attempt, where commands that gathered are one "pipeline".
  std::function<void(const RequestInfo&)> observer{};
  /// What carries the requests in place of libcurl, for tests. AsyncRedis refuses it.
  std::shared_ptr<Transport> transport{};

  /// AsyncRedis: commands issued while others are on their way gather and leave as one request (of at most 1,000, or
  /// 1 MiB), in order of issue; each succeeds or fails alone. Without it each command is a request of its own, up to 128
  /// at once and in no order.
  bool auto_pipelining = true;
  /// Runs the handlers of subscriptions, and AsyncRedis' callbacks of Future::then() and coroutines, in place of the I/O
  /// thread. It must call each function it gets, in whatever thread; what it drops is called where it is dropped.
  std::function<void(std::function<void()>)> executor{};
  /// Subscriptions: the wait before attempt number n (from 1) to open a broken stream again, in place of about 0.2 s that
  /// doubles up to 30 s. The number starts anew when the stream has stayed open for ten seconds. Must not throw.
  std::function<std::chrono::milliseconds(int attempt)> reconnect_backoff{};
};

/// Settings of single calls, see Redis::with(); what is not set stays as it is.
struct CallOptions {
  /// In place of ClientOptions::timeout.
  std::optional<std::chrono::milliseconds> timeout{};
  /// In place of ClientOptions::rest_retries.
  std::optional<int> retries{};
  /// In place of ClientOptions::retry_policy.
  std::optional<RetryPolicy> retry_policy{};
  /// A request to stop ends the call with CancelledError at once; its outcome() says whether it may have been carried
  /// out.
  std::stop_token stop_token{};
};

}  // namespace upstash
