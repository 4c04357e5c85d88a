// Every exception the library throws.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace upstash {

/// Whether a request that got no usable reply may have been carried out by the server.
enum class Outcome {
  not_executed,  ///< The request surely did not reach the server: nothing was read or written.
  unknown,       ///< The request may have reached the server: a write may or may not have happened.
};

/// The base of all errors of this library. what() is one line that names the command, the host and what to
/// do next; it never holds the token.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The call cannot be right (an empty key list, a malformed URL, a wrong result type): nothing was sent.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// Redis answered with an error. The connection and the client are fine; the command was not carried out,
/// or failed as Redis documents it.
class ServerError : public Error {
 public:
  /// what() is the context ("INCR at host"), the server's own text ("WRONGTYPE Operation against…") and, if there
  /// is one, the hint what to do.
  ServerError(
      std::string_view context,
      std::string_view reply,
      std::string_view hint,
      std::string_view command,
      int http_status);

  /// The first word of the server's text when that is an error code ("WRONGTYPE", "ERR", "NOSCRIPT"),
  /// else empty.
  [[nodiscard]] const std::string& code() const noexcept { return code_; }
  /// The server's text as it came.
  [[nodiscard]] const std::string& reply() const noexcept { return reply_; }
  /// The command's name ("INCR"); never its arguments.
  [[nodiscard]] const std::string& command() const noexcept { return command_; }
  /// The HTTP status of the reply; 200 for a command that failed inside a pipeline.
  [[nodiscard]] int http_status() const noexcept { return http_status_; }
  /// Throws *this as its own type, also through a reference to the base.
  [[noreturn]] virtual void raise() const { throw *this; }

 private:
  std::string code_;
  std::string reply_;
  std::string command_;
  int http_status_;
};

/// The token is missing, wrong, or may not do this (HTTP 401, NOPERM).
class AuthError : public ServerError {
 public:
  using ServerError::ServerError;
  [[noreturn]] void raise() const override { throw *this; }
};

/// No usable reply arrived: the connection failed, was cut, or could not be made.
class TransportError : public Error {
 public:
  TransportError(const std::string& message, Outcome outcome, int attempts = 1)
      : Error(message), outcome_(outcome), attempts_(attempts) {}

  /// Whether the command may have been carried out.
  [[nodiscard]] Outcome outcome() const noexcept { return outcome_; }
  /// How often the request was tried; 0 for a call of AsyncRedis that ended before its first attempt.
  [[nodiscard]] int attempts() const noexcept { return attempts_; }

 private:
  Outcome outcome_;
  int attempts_;
};

/// The deadline of the call passed (ClientOptions::timeout, or the one given to with()).
class TimeoutError : public TransportError {
 public:
  using TransportError::TransportError;
};

/// The call's std::stop_token asked to stop, or its AsyncRedis was closed or destroyed.
class CancelledError : public TransportError {
 public:
  using TransportError::TransportError;
};

/// A reply came that is not the API's (a proxy's HTML, cut-off JSON, another shape than the command has).
/// A write may have been carried out.
class ProtocolError : public Error {
 public:
  ProtocolError(const std::string& message, std::string_view excerpt, int http_status)
      : Error(message), excerpt_(excerpt), http_status_(http_status) {}

  /// The first bytes of the reply, printable.
  [[nodiscard]] const std::string& excerpt() const noexcept { return excerpt_; }
  [[nodiscard]] int http_status() const noexcept { return http_status_; }

 private:
  std::string excerpt_;
  int http_status_;
};

}  // namespace upstash
