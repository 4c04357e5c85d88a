#include "command_writer.hpp"

#include <charconv>
#include <cstddef>
#include <iterator>

namespace upstash::local {
namespace {

void append_header(std::string& out, char type, std::size_t number) {
  char digits[24];
  const auto result = std::to_chars(std::begin(digits), std::end(digits), number);
  out += type;
  out.append(digits, result.ptr);
  out += "\r\n";
}

}  // namespace

void append_command(std::string& out, Arguments command) {
  append_header(out, '*', command.size());
  for (const std::string_view argument : command) {
    append_header(out, '$', argument.size());
    out += argument;
    out += "\r\n";
  }
}

}  // namespace upstash::local
