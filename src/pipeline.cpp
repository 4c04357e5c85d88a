#include <new>
#include <ostream>

#include <upstash/pipeline.hpp>

#include "client.hpp"
#include "command_builder.hpp"

namespace upstash {

namespace detail {

ResultBox::ResultBox(ResultBox&& other) noexcept : command_(std::move(other.command_)), type_(other.type_) {
  take(other);
}

ResultBox& ResultBox::operator=(ResultBox&& other) noexcept {
  if (this == &other) return *this;
  reset();
  command_ = std::move(other.command_);
  type_ = other.type_;
  take(other);
  return *this;
}

void ResultBox::take(ResultBox& other) noexcept {
  error_ = std::move(other.error_);
  filled_ = std::exchange(other.filled_, false);
  if (!filled_) return;
  if (fits()) {
    type_->move(other.storage_, storage_);
  } else {
    heap_ = other.heap_;
  }
}

void ResultBox::reset() noexcept {
  error_.reset();
  if (!std::exchange(filled_, false)) return;
  type_->destroy(value());
  if (!fits()) ::operator delete(heap_);
}

void ResultBox::parse(const ReplyNode& node) {
  reset();
  if (fits()) {
    type_->parse(node, storage_);
  } else {
    void* const memory = ::operator new(type_->size);
    try {
      type_->parse(node, memory);
    } catch (...) {
      ::operator delete(memory);
      throw;
    }
    heap_ = memory;
  }
  filled_ = true;
}

}  // namespace detail

const ServerError* PipelineResults::error(std::size_t index) const { return box(index).error(); }

const std::string& PipelineResults::command(std::size_t index) const { return box(index).command(); }

const detail::ResultBox& PipelineResults::box(std::size_t index) const {
  if (index >= boxes_.size()) {
    throw UsageError(
        "there is no slot " + std::to_string(index) + ": the pipeline had " + std::to_string(boxes_.size()) +
        " commands");
  }
  return boxes_[index];
}

const void* PipelineResults::checked(std::size_t index, const std::type_info& type) const {
  const detail::ResultBox& slot = box(index);
  if (slot.type().type != type) {
    throw UsageError(
        "slot " + std::to_string(index) + " (" + slot.command() + ") is of type " + slot.type().name() +
        ", but another type was asked for");
  }
  if (slot.error() != nullptr) slot.error()->raise();
  return slot.value();
}

void PipelineResults::check_size(std::size_t expected) const {
  if (expected != boxes_.size()) {
    throw UsageError(
        std::to_string(expected) + " types were asked for, but the pipeline had " +
        std::to_string(boxes_.size()) + " commands");
  }
}

std::ostream& operator<<(std::ostream& out, const PipelineResults& results) {
  out << '[';
  std::string_view separator;
  for (const detail::ResultBox& box : results.boxes_) {
    out << separator;
    if (box.error() != nullptr) {
      out << "error: " << box.error()->reply();
    } else {
      box.type().print(box.value(), out);
    }
    separator = ", ";
  }
  return out << ']';
}

namespace detail {

void PipelineBuffer::enqueue(const AnyCommand& command) {
  const EncodedCommand& encoded = command.encoded();
  if (encoded.binary) {
    throw UsageError(
        command.name() + ": argument " + std::to_string(encoded.binary->index) +
        " is not UTF-8, which a pipeline or transaction cannot carry; send this command by itself, or encode "
        "the "
        "value, for example as base64");
  }
  pending_.push_back({command.name(), &command.result_type()});
  body_ += body_.empty() ? '[' : ',';
  body_ += encoded.json;
  idempotent_ = idempotent_ && command.idempotent();
}

void PipelineBuffer::clear() noexcept {
  body_.clear();
  pending_.clear();
  idempotent_ = true;
}

PipelineBuffer::Collected PipelineBuffer::collect() {
  Collected collected{
      .body = std::exchange(body_, {}) + ']', .boxes = {}, .idempotent = std::exchange(idempotent_, true)};
  std::vector<Pending> pending = std::exchange(pending_, {});
  collected.boxes.reserve(pending.size());
  for (Pending& one : pending) collected.boxes.emplace_back(std::move(one.command), *one.type);
  return collected;
}

PipelineResults PipelineBuffer::results_of(std::vector<ResultBox> boxes, const ExecOptions& options) {
  if (!options.keep_errors) {
    for (const ResultBox& box : boxes) {
      if (box.error() != nullptr) box.error()->raise();
    }
  }
  return PipelineResults(std::move(boxes));
}

}  // namespace detail

detail::PipelineTarget<Pipeline> PipelineCommands::target() {
  return detail::PipelineTarget<Pipeline>(static_cast<Pipeline&>(*this));
}

Pipeline::Pipeline(detail::Session session, Kind kind) : PipelineBuffer(kind), session_(std::move(session)) {}

Pipeline& Pipeline::execute(const ValueList& arguments) { return add(detail::custom_command(arguments)); }

PipelineResults Pipeline::exec(const ExecOptions& options) {
  if (empty()) return {};
  Collected collected = collect();
  session_.client()->run_all(
      kind(), collected.body, collected.idempotent, collected.boxes, session_.options());
  return results_of(std::move(collected.boxes), options);
}

}  // namespace upstash
