#pragma once

#include <event2/http.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "backend.hpp"
#include "policy.hpp"
#include "reply_writer.hpp"
#include "request.hpp"
#include "sync_clock.hpp"

namespace upstash::local {

// What all exchanges work with.
struct ExchangeEnvironment {
  Backend& backend;
  const Policy& policy;
  SyncClock& clock;
};

// An HTTP request that is understood and let in.
struct AcceptedRequest {
  evhttp_request* http;
  Request request;
  Access access;
  ReplyFormat format;
};

// One request on its way to the backend and back.
class Exchange : public ReplyReceiver {
 public:
  // Called last, to delete the exchange.
  using DoneCallback = std::function<void()>;

  // The kind that the request's endpoint asks for, which must be one for commands.
  static std::unique_ptr<Exchange> make(const ExchangeEnvironment& environment, AcceptedRequest accepted);

  virtual ~Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The exchange may be gone when this returns.
  void start(DoneCallback on_done);

  void receive(const redisReply* reply) final;

 protected:
  Exchange(const ExchangeEnvironment& environment, BackendConnection& connection, AcceptedRequest accepted);

  // Sends what the policy lets through.
  virtual void send_commands() = 0;
  virtual void take_reply(const redisReply& reply) = 0;
  // Every reply is there: completes body_ and returns the HTTP status.
  virtual int complete() = 0;

  void send(Arguments command);
  [[nodiscard]] const CommandList& commands() const { return accepted_.request.commands; }
  [[nodiscard]] ReplyFormat format() const { return accepted_.format; }
  [[nodiscard]] std::optional<std::string> refusal(Arguments command) const;
  void append_outcome(Arguments command, const redisReply& reply);

  std::string body_;

 private:
  void finish();

  ExchangeEnvironment environment_;
  BackendConnection& connection_;
  AcceptedRequest accepted_;
  DoneCallback on_done_;
  std::size_t awaited_ = 0;
  std::uint64_t writes_ = 0;
  bool lost_ = false;
};

// The error's text, with a hint where the backend lacks the command.
std::string explain_error(Arguments command, const redisReply& reply);

}  // namespace upstash::local
