// AsyncOperation: one call of an asynchronous client on its way: a command, a pipeline or a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <upstash/command.hpp>
#include <upstash/future.hpp>
#include <upstash/pipeline.hpp>

#include "attempts.hpp"
#include "call.hpp"
#include "protocol.hpp"
#include "script_commands.hpp"

namespace upstash::detail {

class AsyncLoop;
class AsyncOperation;
struct AsyncRequest;

/// Tells the loop that an operation is to be cancelled, from whatever thread.
struct AsyncCancel {
  AsyncLoop* loop;
  AsyncOperation* operation;
  void operator()() const noexcept;
};

class AsyncOperation {
 public:
  using Clock = Call::Clock;

  AsyncOperation(const AsyncOperation&) = delete;
  AsyncOperation& operator=(const AsyncOperation&) = delete;
  virtual ~AsyncOperation() = default;

  /// How many commands it is.
  [[nodiscard]] virtual std::size_t commands() const noexcept { return 1; }
  [[nodiscard]] virtual const std::string& url(const Protocol& protocol) const noexcept = 0;
  [[nodiscard]] virtual const std::vector<std::string>& headers(const Protocol& protocol) const noexcept = 0;
  [[nodiscard]] const std::string& body() const noexcept { return body_; }
  [[nodiscard]] Subject subject() const noexcept { return {.name = name_, .idempotent = idempotent_}; }
  [[nodiscard]] const Call& call() const noexcept { return call_; }

  /// Has the reply parsed into the result. Throws what is wrong with it.
  virtual void parse(const Protocol& protocol, const ReplyNode& reply) = 0;
  /// The server answered with this error. True when the operation is now another one, to be sent in the first one's
  /// place; otherwise it ends with the error, which may be a new one.
  [[nodiscard]] virtual bool goes_on_after(
      std::exception_ptr& /*error*/, const Protocol& /*protocol*/) noexcept {
    return false;
  }
  /// Completes the future: the result was parsed, or there is an error.
  void complete(std::exception_ptr error) noexcept {
    if (error != nullptr) {
      state_->fail(std::move(error));
    } else {
      state_->succeed();
    }
  }

  // The rest belongs to the loop's thread.

  Attempts attempts;
  bool may_gather = false;  // share a request with others
  bool waits_for_retry = false;
  Clock::time_point due;               // the retry, or the deadline
  std::uint64_t number = 0;            // in order of issue
  std::size_t due_index = 0;           // in the DueQueue
  AsyncOperation* previous = nullptr;  // in the OperationList
  AsyncOperation* next = nullptr;
  bool is_listed = false;
  AsyncRequest* request = nullptr;  // that carries it now
  std::size_t slot = 0;             // there
  std::optional<std::stop_callback<AsyncCancel>> on_stop;
  bool cancel_announced = false;  // under the inbox's lock
  bool complete_already = false;  // and kept only because of that

 protected:
  AsyncOperation(const Call& call, bool idempotent, StateRef<FutureStateBase> state)
      : due(call.deadline()), idempotent_(idempotent), call_(call), state_(std::move(state)) {}
  void set_name(std::string_view name) noexcept { name_ = name; }
  void set_body(std::string body) noexcept { body_ = std::move(body); }

 private:
  std::string body_;
  std::string_view name_;
  bool idempotent_;
  Call call_;
  StateRef<FutureStateBase> state_;
};

class CommandOperation : public AsyncOperation {
 public:
  /// Throws UsageError when the command cannot be sent.
  CommandOperation(
      const Protocol& protocol,
      const AnyCommand& command,
      const Call& call,
      StateRef<FutureStateBase> state,
      void* result);

  [[nodiscard]] const std::string& url(const Protocol& protocol) const noexcept override {
    return raw_url_.empty() ? protocol.command_url() : raw_url_;
  }
  [[nodiscard]] const std::vector<std::string>& headers(const Protocol& protocol) const noexcept override {
    return raw_url_.empty() ? protocol.headers() : protocol.raw_body_headers();
  }
  void parse(const Protocol& protocol, const ReplyNode& reply) override;

 protected:
  /// Makes it the operation of this command, which is as idempotent as the first one.
  void set_command(const Protocol& protocol, const AnyCommand& command);

 private:
  std::string raw_url_;  // of a command with a binary argument
  std::string custom_name_;
  const ResultType* type_;
  void* result_;
};

/// A script that the server may not know: then it is sent its text.
class ScriptOperation final : public CommandOperation {
 public:
  ScriptOperation(
      const Protocol& protocol,
      const ScriptCommands& commands,
      Command<Reply> by_sha1,
      std::shared_ptr<const std::string> source,
      const Call& call,
      const StateRef<FutureState<Reply>>& state);

  [[nodiscard]] bool goes_on_after(std::exception_ptr& error, const Protocol& protocol) noexcept override;

 private:
  const ScriptCommands& commands_;
  std::optional<Command<Reply>> by_sha1_;  // until its text is sent
  std::shared_ptr<const std::string> source_;
};

class PipelineOperation final : public AsyncOperation {
 public:
  PipelineOperation(
      PipelineBuffer::Kind kind,
      PipelineBuffer::Collected collected,
      const ExecOptions& options,
      const Call& call,
      const StateRef<FutureState<PipelineResults>>& state);

  [[nodiscard]] std::size_t commands() const noexcept override { return boxes_.size(); }
  [[nodiscard]] const std::string& url(const Protocol& protocol) const noexcept override {
    return protocol.url_of(kind_);
  }
  [[nodiscard]] const std::vector<std::string>& headers(const Protocol& protocol) const noexcept override {
    return protocol.headers_of(kind_);
  }
  void parse(const Protocol& protocol, const ReplyNode& reply) override;

 private:
  PipelineBuffer::Kind kind_;
  std::vector<ResultBox> boxes_;
  ExecOptions options_;
  void* result_;
};

/// Operations in a row; they are not owned.
class OperationList {
 public:
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] AsyncOperation& front() const noexcept { return *first_; }
  void push_back(AsyncOperation& operation) noexcept;
  void push_front(AsyncOperation& operation) noexcept;
  void remove(AsyncOperation& operation) noexcept;

 private:
  AsyncOperation* first_ = nullptr;
  AsyncOperation* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace upstash::detail
