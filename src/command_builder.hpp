// What the generated command builders are made of: each argument of a command, whatever its kind, is appended
// to the wire form by one overload of append().
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include <upstash/argument_list.hpp>
#include <upstash/command.hpp>
#include <upstash/detail/argument_writer.hpp>
#include <upstash/detail/operation_builder.hpp>
#include <upstash/detail/token_choice.hpp>
#include <upstash/expiry.hpp>
#include <upstash/optional_argument.hpp>
#include <upstash/value.hpp>

#include "geo_unit.hpp"
#include "print.hpp"
#include "reply_shapes.hpp"

namespace upstash::detail {

/// What most commands that only read have in common.
[[nodiscard]] constexpr CommandTraits reads(std::string_view name) {
  return {.name = name, .read_only = true, .idempotent = true};
}
/// A fixed word of the grammar.
struct Token {
  std::string_view text;
};
/// A word that stands there or not.
struct Flag {
  std::string_view token;
  bool set;
};
/// A word with what follows it, if that is given.
template <class Optional>
struct Option {
  std::string_view token;
  const Optional& argument;
};
template <class Optional>
[[nodiscard]] Option<Optional> option(std::string_view token, const Optional& argument) {
  return {token, argument};
}
/// A list that must not be empty; `what` names one element.
template <class List>
struct AtLeastOne {
  std::string_view what;
  const List& list;
};
template <class List>
[[nodiscard]] AtLeastOne<List> at_least_one(std::string_view what, const List& list) {
  return {what, list};
}
/// A list after its number of elements; with `what`, it must not be empty.
template <class List>
struct Counted {
  std::string_view what;
  const List& list;
};
template <class List>
[[nodiscard]] Counted<List> counted(std::string_view what, const List& list) {
  return {what, list};
}
template <class List>
[[nodiscard]] Counted<List> counted(const List& list) {
  return {{}, list};
}
/// A word with a list behind it, if that has elements; with `counted`, their number stands between.
template <class T>
struct ListOption {
  std::string_view token;
  const std::vector<T>& list;
  bool counted;
};
template <class T>
[[nodiscard]] ListOption<T> option(std::string_view token, const std::vector<T>& list) {
  return {token, list, false};
}
template <class T>
[[nodiscard]] ListOption<T> counted_option(std::string_view token, const std::vector<T>& list) {
  return {token, list, true};
}
/// All names of the pairs, then all their values. There must be at least one; `what` names it.
struct NamesThenValues {
  std::string_view what;
  const PairList& pairs;
};
[[nodiscard]] inline NamesThenValues names_then_values(std::string_view what, const PairList& pairs) {
  return {what, pairs};
}
/// An instant in the unit that the command takes, rounded up.
[[nodiscard]] std::int64_t unix_seconds(const Instant& instant);
[[nodiscard]] std::int64_t unix_milliseconds(const Instant& instant);

[[noreturn]] void throw_empty_list(std::string_view command, std::string_view what);
/// Throws a UsageError "COMMAND: message" unless `holds`.
void require(bool holds, std::string_view command, std::string_view message);

inline void append(ArgumentWriter& writer, std::string_view text) { writer.add(text); }
inline void append(ArgumentWriter& writer, const Value& value) { writer.add(value); }
inline void append(ArgumentWriter& writer, std::int64_t number) { writer.add(Value(number)); }
inline void append(ArgumentWriter& writer, double number) { writer.add(Value(number)); }
inline void append(ArgumentWriter& writer, Token token) { writer.add(token.text); }
inline void append(ArgumentWriter& writer, Flag flag) {
  if (flag.set) writer.add(flag.token);
}
inline void append(ArgumentWriter& writer, std::chrono::seconds duration) {
  writer.add(Value(duration.count()));
}
inline void append(ArgumentWriter& writer, std::chrono::milliseconds duration) {
  writer.add(Value(duration.count()));
}
void append(ArgumentWriter& writer, const Expiry& expiry);
void append(ArgumentWriter& writer, const TokenChoice& choice);
void append(ArgumentWriter& writer, const NamesThenValues& split);

template <class Enum>
  requires std::is_enum_v<Enum>
void append(ArgumentWriter& writer, Enum choice) {
  writer.add(token(choice));
}
template <class T>
  requires requires(const T& argument, ArgumentWriter& writer) { argument.write(writer); }
void append(ArgumentWriter& writer, const T& argument) {
  argument.write(writer);
}
template <class List>
void append(ArgumentWriter& writer, const AtLeastOne<List>& required) {
  if (required.list.empty()) throw_empty_list(writer.command(), required.what);
  append(writer, required.list);
}
template <class List>
void append(ArgumentWriter& writer, const Counted<List>& counted) {
  if (counted.list.empty() && !counted.what.empty()) throw_empty_list(writer.command(), counted.what);
  writer.add(Value(counted.list.size()));
  append(writer, counted.list);
}
template <class T>
void append(ArgumentWriter& writer, const std::optional<T>& argument) {
  if (argument) append(writer, *argument);
}
template <class T>
void append(ArgumentWriter& writer, const OptionalArgument<T>& argument) {
  if (argument) append(writer, *argument);
}
template <class Optional>
void append(ArgumentWriter& writer, const Option<Optional>& option) {
  if (!option.argument) return;
  writer.add(option.token);
  if constexpr (requires { *option.argument; }) {
    append(writer, *option.argument);
  } else {
    append(writer, option.argument);  // a class that is itself empty when left out
  }
}
template <class T>
void append(ArgumentWriter& writer, const ListOption<T>& option) {
  if (option.list.empty()) return;
  writer.add(option.token);
  if (option.counted) writer.add(Value(option.list.size()));
  for (const T& element : option.list) append(writer, element);
}

/// The ResultType of a shape.
template <class Shape>
inline const ResultType result_type{
    .name = &Shape::name,
    .type = typeid(typename Shape::Type),
    .size = sizeof(typename Shape::Type),
    .parse = [](const ReplyNode& node,
                void* result) { new (result) typename Shape::Type(Shape::parse(node)); },
    .move =
        [](void* from, void* to) noexcept {
          using Type = typename Shape::Type;
          auto* source = static_cast<Type*>(from);
          new (to) Type(std::move(*source));
          source->~Type();
        },
    .destroy =
        [](void* result) noexcept {
          using Type = typename Shape::Type;
          static_cast<Type*>(result)->~Type();
        },
    .print = [](const void* result,
                std::ostream& out) { print(out, *static_cast<const typename Shape::Type*>(result)); },
};

/// Encodes the command; `Shape` parses its reply.
template <class Shape, class... Arguments>
[[nodiscard]] Command<typename Shape::Type> build(
    const CommandTraits& traits, const Arguments&... arguments) {
  ArgumentWriter writer(traits.name);
  (append(writer, arguments), ...);
  return {traits, std::move(writer).finish(), result_type<Shape>};
}

/// Begins a command that operations are added to; `Shape` parses its reply.
template <class Shape, class... Arguments>
[[nodiscard]] Operations begin_operations(const CommandTraits& traits, const Arguments&... arguments) {
  Operations operations{traits, &result_type<Shape>, ArgumentWriter(traits.name)};
  (append(operations.writer, arguments), ...);
  return operations;
}
template <class... Arguments>
void append_operation(Operations& operations, const Arguments&... arguments) {
  (append(operations.writer, arguments), ...);
  ++operations.count;
}

/// A command of which nothing is known but its arguments, the name first.
[[nodiscard]] Command<Reply> custom_command(const ValueList& arguments);

}  // namespace upstash::detail
