// What an argument writes into a command, as the JSON that is sent.
#pragma once

#include <string>
#include <utility>

#include <upstash/detail/argument_writer.hpp>

namespace upstash::test {

template <class Argument>
[[nodiscard]] std::string written(const Argument& argument) {
  detail::ArgumentWriter writer("");
  argument.write(writer);
  return std::move(writer).finish().json;
}

}  // namespace upstash::test
