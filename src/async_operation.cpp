#include "async_operation.hpp"

#include <new>
#include <utility>

#include "async_loop.hpp"
#include "raw_body_request.hpp"

namespace upstash::detail {

void AsyncCancel::operator()() const noexcept { loop->cancel(*operation); }

CommandOperation::CommandOperation(
    const Protocol& protocol,
    const AnyCommand& command,
    const Call& call,
    StateRef<FutureStateBase> state,
    void* result)
    : AsyncOperation(call, command.idempotent(), std::move(state)),
      type_(&command.result_type()),
      result_(result) {
  set_command(protocol, command);
}

void CommandOperation::set_command(const Protocol& protocol, const AnyCommand& command) {
  const EncodedCommand& encoded = command.encoded();
  set_body(encoded.binary ? encoded.binary->bytes : encoded.json);
  raw_url_ = encoded.binary ? raw_body_url(protocol.base_url(), command) : "";
  if (command.traits().name.empty()) custom_name_ = command.name();
  set_name(custom_name_.empty() ? command.traits().name : custom_name_);
  may_gather = !encoded.binary && !command.traits().own_request;
}

void CommandOperation::parse(const Protocol&, const ReplyNode& reply) { type_->parse(reply, result_); }

ScriptOperation::ScriptOperation(
    const Protocol& protocol,
    const ScriptCommands& commands,
    Command<Reply> by_sha1,
    std::shared_ptr<const std::string> source,
    const Call& call,
    const StateRef<FutureState<Reply>>& state)
    : CommandOperation(protocol, by_sha1, call, StateRef<FutureStateBase>(StateRef(state)), state->address()),
      commands_(commands),
      by_sha1_(std::move(by_sha1)),
      source_(std::move(source)) {}

bool ScriptOperation::goes_on_after(std::exception_ptr& error, const Protocol& protocol) noexcept {
  if (!by_sha1_) return false;
  try {
    std::rethrow_exception(error);
  } catch (const ServerError& failure) {
    if (!is_unknown_script(failure)) return false;
  } catch (...) {
    return false;
  }
  try {
    set_command(protocol, script_by_text(commands_, *by_sha1_, *source_));
    by_sha1_.reset();
    attempts = {};
    return true;
  } catch (...) {
    error = std::current_exception();
    return false;
  }
}

PipelineOperation::PipelineOperation(
    PipelineBuffer::Kind kind,
    PipelineBuffer::Collected collected,
    const ExecOptions& options,
    const Call& call,
    const StateRef<FutureState<PipelineResults>>& state)
    : AsyncOperation(call, collected.idempotent, StateRef<FutureStateBase>(StateRef(state))),
      kind_(kind),
      boxes_(std::move(collected.boxes)),
      options_(options),
      result_(state->address()) {
  set_name(name_of(kind));
  set_body(std::move(collected.body));
}

void PipelineOperation::parse(const Protocol& protocol, const ReplyNode& reply) {
  parse_replies(protocol, reply, subject().name, boxes_);
  ::new (result_) PipelineResults(PipelineBuffer::results_of(std::move(boxes_), options_));
}

void OperationList::push_back(AsyncOperation& operation) noexcept {
  operation.previous = last_;
  operation.next = nullptr;
  operation.is_listed = true;
  (last_ != nullptr ? last_->next : first_) = &operation;
  last_ = &operation;
  ++size_;
}

void OperationList::push_front(AsyncOperation& operation) noexcept {
  operation.previous = nullptr;
  operation.next = first_;
  operation.is_listed = true;
  (first_ != nullptr ? first_->previous : last_) = &operation;
  first_ = &operation;
  ++size_;
}

void OperationList::remove(AsyncOperation& operation) noexcept {
  (operation.previous != nullptr ? operation.previous->next : first_) = operation.next;
  (operation.next != nullptr ? operation.next->previous : last_) = operation.previous;
  operation.previous = operation.next = nullptr;
  operation.is_listed = false;
  --size_;
}

}  // namespace upstash::detail
