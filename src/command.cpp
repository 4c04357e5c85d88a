#include <algorithm>

#include <upstash/command.hpp>
#include <upstash/error.hpp>
#include <upstash/scan_range.hpp>

#include "command_builder.hpp"
#include "rapidjson.hpp"

namespace upstash {

std::string AnyCommand::name() const {
  if (!traits_.name.empty()) return std::string(traits_.name);
  std::string name = arguments().front();
  std::ranges::transform(
      name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return name;
}

std::vector<std::string> AnyCommand::arguments() const {
  // Encoded by ourselves, so it parses.
  upstash_rapidjson::Document list;
  list.Parse(encoded_.json.data(), encoded_.json.size());
  std::vector<std::string> arguments;
  for (const auto& argument : list.GetArray()) {
    arguments.emplace_back(argument.GetString(), argument.GetStringLength());
  }
  if (encoded_.binary) arguments.at(encoded_.binary->index) = encoded_.binary->bytes;
  return arguments;
}

namespace detail {

std::int64_t unix_seconds(const Instant& instant) {
  return std::chrono::ceil<std::chrono::seconds>(std::chrono::milliseconds(instant.milliseconds())).count();
}

std::int64_t unix_milliseconds(const Instant& instant) { return instant.milliseconds(); }

EncodedCommand with_argument(const AnyCommand& command, std::size_t index, std::string_view argument) {
  ArgumentWriter writer("");  // the name's words are among the arguments
  const std::vector<std::string> arguments = command.arguments();
  for (std::size_t i = 0; i < arguments.size(); ++i) writer.add(i == index ? argument : arguments[i]);
  return std::move(writer).finish();
}

void throw_empty_list(std::string_view command, std::string_view what) {
  throw UsageError(std::string(command) + " needs at least one " + std::string(what));
}

void require(bool holds, std::string_view command, std::string_view message) {
  if (!holds) throw UsageError(std::string(command) + ": " + std::string(message));
}

void append(ArgumentWriter& writer, const Expiry& expiry) {
  const bool whole_seconds = expiry.milliseconds() % 1000 == 0;
  const auto add = [&](std::string_view in_seconds, std::string_view in_milliseconds) {
    writer.add(whole_seconds ? in_seconds : in_milliseconds);
    writer.add(Value(whole_seconds ? expiry.milliseconds() / 1000 : expiry.milliseconds()));
  };
  switch (expiry.kind()) {
    case Expiry::Kind::duration:
      return add("EX", "PX");
    case Expiry::Kind::instant:
      return add("EXAT", "PXAT");
    case Expiry::Kind::keep:
      return writer.add(std::string_view("KEEPTTL"));
    case Expiry::Kind::remove:
      return writer.add(std::string_view("PERSIST"));
  }
}

void append(ArgumentWriter& writer, const TokenChoice& choice) {
  writer.add(choice.token());
  if (choice.value()) writer.add(*choice.value());
}

void append(ArgumentWriter& writer, const NamesThenValues& split) {
  if (split.pairs.empty()) throw_empty_list(writer.command(), split.what);
  split.pairs.write_names(writer);
  split.pairs.write_values(writer);
}

EncodedCommand finish(const Operations& operations) {
  if (operations.count == 0) {
    throw UsageError(std::string(operations.traits.name) + " needs at least one operation");
  }
  return ArgumentWriter(operations.writer).finish();
}

}  // namespace detail

}  // namespace upstash
