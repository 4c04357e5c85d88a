// Command<T>: a command with its arguments, ready to be sent, and the type of its reply.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include <upstash/detail/argument_writer.hpp>
#include <upstash/reply_types.hpp>

namespace upstash {

namespace detail {

struct ReplyNode;

/// All that must be known of a result type to parse, keep and print a result without naming the type.
struct ResultType {
  std::string (*name)();  ///< As in the reference: "std::optional<std::string>".
  const std::type_info& type;
  std::size_t size;
  void (*parse)(const ReplyNode& node, void* result);
  void (*move)(void* from, void* to) noexcept;  ///< Leaves `from` destroyed.
  void (*destroy)(void* result) noexcept;
  void (*print)(const void* result, std::ostream& out);
};

}  // namespace detail

/// What is known of a command besides its arguments and its result.
struct CommandTraits {
  std::string_view name;     ///< "SET", "OBJECT ENCODING"; empty for a custom command.
  bool read_only = false;    ///< It does not change the data.
  bool idempotent = false;   ///< Carried out twice it leaves the same data and replies the same.
  bool own_request = false;  ///< AsyncRedis does not put it into one request with others.
};

/// What all commands have in common, whatever their result.
class AnyCommand {
 public:
  /// The command's name, such as "SET" or "OBJECT ENCODING".
  [[nodiscard]] std::string name() const;
  [[nodiscard]] bool read_only() const noexcept { return traits_.read_only; }
  /// True when a lost reply may be answered by sending the command again.
  [[nodiscard]] bool idempotent() const noexcept { return traits_.idempotent; }
  /// The arguments exactly as they are sent, the command's name first.
  [[nodiscard]] std::vector<std::string> arguments() const;

  [[nodiscard]] const CommandTraits& traits() const noexcept { return traits_; }
  [[nodiscard]] const detail::EncodedCommand& encoded() const noexcept { return encoded_; }
  [[nodiscard]] const detail::ResultType& result_type() const noexcept { return *result_; }

 protected:
  AnyCommand(const CommandTraits& traits, detail::EncodedCommand encoded, const detail::ResultType& result)
      : traits_(traits), encoded_(std::move(encoded)), result_(&result) {}

 private:
  CommandTraits traits_;
  detail::EncodedCommand encoded_;
  const detail::ResultType* result_;
};

/// A command that answers with a T. Made by the functions of namespace upstash::cmd; given to
/// Redis::batch(), Redis::transaction() or Pipeline::add().
template <class T>
class Command : public AnyCommand {
 public:
  using Result = T;
  /// `result` must be the type of T.
  Command(const CommandTraits& traits, detail::EncodedCommand encoded, const detail::ResultType& result)
      : AnyCommand(traits, std::move(encoded), result) {}
};

}  // namespace upstash
