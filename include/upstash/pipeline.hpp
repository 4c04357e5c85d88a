// Pipeline: many commands in one request; PipelineResults: their typed results.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <typeinfo>
#include <utility>
#include <vector>

#include <upstash/argument_list.hpp>
#include <upstash/command.hpp>
#include <upstash/detail/session.hpp>
#include <upstash/error.hpp>
#include <upstash/pipeline_commands.hpp>

namespace upstash {

struct ExecOptions {
  /// Keep a failed command's error in its slot; without it the first one is thrown.
  bool keep_errors = false;
};

namespace detail {

class PipelineOperation;

/// The type-erased result, or error, of one command of a pipeline.
class ResultBox {
 public:
  ResultBox(std::string command, const ResultType& type) noexcept
      : command_(std::move(command)), type_(&type) {}
  ResultBox(ResultBox&& other) noexcept;
  ResultBox& operator=(ResultBox&& other) noexcept;
  ~ResultBox() { reset(); }

  void parse(const ReplyNode& node);
  void fail(std::shared_ptr<const ServerError> error) noexcept { error_ = std::move(error); }

  [[nodiscard]] const std::string& command() const noexcept { return command_; }
  [[nodiscard]] const ResultType& type() const noexcept { return *type_; }
  [[nodiscard]] const ServerError* error() const noexcept { return error_.get(); }
  [[nodiscard]] const void* value() const noexcept { return fits() ? storage_ : heap_; }
  [[nodiscard]] void* value() noexcept { return fits() ? storage_ : heap_; }

 private:
  static constexpr std::size_t inline_size = 64;
  [[nodiscard]] bool fits() const noexcept { return type_->size <= inline_size; }
  void take(ResultBox& other) noexcept;
  void reset() noexcept;

  std::string command_;
  const ResultType* type_;
  std::shared_ptr<const ServerError> error_;
  bool filled_ = false;
  union {
    alignas(std::max_align_t) std::byte storage_[inline_size];
    void* heap_;
  };
};

}  // namespace detail

/// What the commands of a pipeline or transaction answered, in their order.
class PipelineResults {
 public:
  PipelineResults() = default;
  explicit PipelineResults(std::vector<detail::ResultBox> boxes) noexcept : boxes_(std::move(boxes)) {}
  PipelineResults(PipelineResults&&) noexcept = default;
  PipelineResults& operator=(PipelineResults&&) noexcept = default;
  PipelineResults(const PipelineResults&) = delete;
  PipelineResults& operator=(const PipelineResults&) = delete;
  ~PipelineResults() = default;

  [[nodiscard]] std::size_t size() const noexcept { return boxes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return boxes_.empty(); }

  /// The result of the command at `index`, of exactly the type that the command returns (upstash::Ok for one
  /// that returns void). Throws UsageError for another type or a missing index, and the command's own
  /// ServerError if it failed.
  template <class T>
  [[nodiscard]] const T& get(std::size_t index) const& {
    return *static_cast<const T*>(checked(index, typeid(T)));
  }
  template <class T>
  [[nodiscard]] T get(std::size_t index) && {
    return std::move(*static_cast<T*>(const_cast<void*>(checked(index, typeid(T)))));
  }

  /// All results at once, for structured bindings. Throws UsageError when the number or a type is wrong.
  template <class... T>
  [[nodiscard]] std::tuple<T...> as() const& {
    check_size(sizeof...(T));
    return as_tuple<T...>(std::index_sequence_for<T...>{});
  }
  template <class... T>
  [[nodiscard]] std::tuple<T...> as() && {
    check_size(sizeof...(T));
    return std::move(*this).template move_tuple<T...>(std::index_sequence_for<T...>{});
  }

  /// The error of the command at `index`, or nullptr if it succeeded. Throws UsageError for a missing index.
  [[nodiscard]] const ServerError* error(std::size_t index) const;
  /// The name of the command at `index`. Throws UsageError for a missing index.
  [[nodiscard]] const std::string& command(std::size_t index) const;

  /// `[true, 2, "2"]`
  friend std::ostream& operator<<(std::ostream& out, const PipelineResults& results);

 private:
  [[nodiscard]] const detail::ResultBox& box(std::size_t index) const;
  [[nodiscard]] const void* checked(std::size_t index, const std::type_info& type) const;
  void check_size(std::size_t expected) const;
  template <class... T, std::size_t... Index>
  [[nodiscard]] std::tuple<T...> as_tuple(std::index_sequence<Index...>) const {
    return std::tuple<T...>{get<T>(Index)...};
  }
  template <class... T, std::size_t... Index>
  [[nodiscard]] std::tuple<T...> move_tuple(std::index_sequence<Index...>) && {
    return std::tuple<T...>{std::move(*this).template get<T>(Index)...};
  }

  std::vector<detail::ResultBox> boxes_;
};

namespace detail {

/// The waiting commands of a pipeline, whoever sends them.
class PipelineBuffer {
 public:
  enum class Kind { pipeline, transaction };

  /// The number of commands waiting.
  [[nodiscard]] std::size_t size() const noexcept { return pending_.size(); }
  [[nodiscard]] bool empty() const noexcept { return pending_.empty(); }
  /// Drops all waiting commands.
  void clear() noexcept;

 protected:
  explicit PipelineBuffer(Kind kind) noexcept : kind_(kind) {}

  /// The waiting commands as they are sent, with room for their results.
  struct Collected {
    std::string body;
    std::vector<ResultBox> boxes;
    bool idempotent;
  };
  void enqueue(const AnyCommand& command);
  /// Takes the waiting commands out.
  [[nodiscard]] Collected collect();
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  static PipelineResults results_of(std::vector<ResultBox> boxes, const ExecOptions& options);

 private:
  template <class>
  friend class PipelineTarget;
  friend class PipelineOperation;
  struct Pending {
    std::string command;
    const ResultType* type;
  };

  Kind kind_;
  std::string body_;
  std::vector<Pending> pending_;
  bool idempotent_ = true;
};

}  // namespace detail

/// Collects commands and sends them as one request, in order. Made by Redis::pipeline() or, for one atomic
/// transaction, Redis::multi().
///
/// It only buffers and owns no connection, and a copy buffers on its own; use it from one thread at a time. A command with bytes that are not
/// UTF-8 cannot travel in a pipeline and throws UsageError when it is added.
class Pipeline : public PipelineCommands, public detail::PipelineBuffer {
 public:
  Pipeline(detail::Session session, Kind kind);

  /// Adds a command made by upstash::cmd.
  template <class T>
  Pipeline& add(const Command<T>& command) {
    enqueue(command);
    return *this;
  }
  /// Adds any command by its arguments: `execute({"XLEN", "stream"})`. Its result is a Reply.
  Pipeline& execute(const ValueList& arguments);

  /// Sends the commands and returns their results. The pipeline is empty afterwards, also when this throws.
  /// Without commands nothing is sent.
  ///
  /// Throws the first failed command's ServerError (not with keep_errors), a ServerError for a discarded
  /// transaction, TransportError, TimeoutError, CancelledError, AuthError and ProtocolError.
  PipelineResults exec(const ExecOptions& options = {});

 private:
  detail::Session session_;
};

}  // namespace upstash
