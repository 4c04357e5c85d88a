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
    : AsyncOperation(
          call,
          command.encoded().binary ? command.encoded().binary->bytes : command.encoded().json,
          command.idempotent(),
          std::move(state)),
      type_(&command.result_type()),
      result_(result) {
  if (command.encoded().binary) raw_url_ = raw_body_url(protocol.base_url(), command);
  if (command.traits().name.empty()) custom_name_ = command.name();
  set_name(custom_name_.empty() ? command.traits().name : custom_name_);
}

void CommandOperation::parse(const Protocol&, const ReplyNode& reply) { type_->parse(reply, result_); }

PipelineOperation::PipelineOperation(
    Pipeline::Kind kind,
    Pipeline::Collected collected,
    const ExecOptions& options,
    const Call& call,
    const StateRef<FutureState<PipelineResults>>& state)
    : AsyncOperation(
          call, std::move(collected.body), collected.idempotent, StateRef<FutureStateBase>(StateRef(state))),
      kind_(kind),
      boxes_(std::move(collected.boxes)),
      options_(options),
      result_(state->address()) {
  set_name(name_of(kind));
}

void PipelineOperation::parse(const Protocol& protocol, const ReplyNode& reply) {
  parse_replies(protocol, reply, subject().name, boxes_);
  ::new (result_) PipelineResults(Pipeline::results_of(std::move(boxes_), options_));
}

void OperationList::push_back(AsyncOperation& operation) noexcept {
  operation.previous = last_;
  operation.next = nullptr;
  operation.is_listed = true;
  (last_ != nullptr ? last_->next : first_) = &operation;
  last_ = &operation;
}

void OperationList::push_front(AsyncOperation& operation) noexcept {
  operation.previous = nullptr;
  operation.next = first_;
  operation.is_listed = true;
  (first_ != nullptr ? first_->previous : last_) = &operation;
  first_ = &operation;
}

void OperationList::remove(AsyncOperation& operation) noexcept {
  (operation.previous != nullptr ? operation.previous->next : first_) = operation.next;
  (operation.next != nullptr ? operation.next->previous : last_) = operation.previous;
  operation.previous = operation.next = nullptr;
  operation.is_listed = false;
}

}  // namespace upstash::detail
