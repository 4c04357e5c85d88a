// Writes the arguments of one command as the JSON array that goes over the wire.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <upstash/value.hpp>

namespace upstash::detail {

/// The one argument of a command that is not UTF-8 and so cannot stand in JSON: it is sent as the raw body.
struct BinaryArgument {
  std::size_t index;  ///< Its place among the arguments, the command's name being 0.
  std::string bytes;
};

/// A command as it is sent: `["SET","k","v"]`. In the place of a binary argument stands an empty string.
struct EncodedCommand {
  std::string json;
  std::shared_ptr<const BinaryArgument> binary;
};

class ArgumentWriter {
 public:
  /// Starts with the command's name; its words ("OBJECT ENCODING") are arguments of their own.
  explicit ArgumentWriter(std::string_view command);

  void add(std::string_view text);
  void add(const Value& value);

  /// How many arguments there are, the name's words included.
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::string_view command() const noexcept { return command_; }
  [[nodiscard]] EncodedCommand finish() &&;

 private:
  void separate();
  template <class Number>
  void add_number(Number number);

  std::string_view command_;
  std::string json_;
  std::size_t size_ = 0;
  std::shared_ptr<const BinaryArgument> binary_;
};

}  // namespace upstash::detail
