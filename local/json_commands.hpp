#pragma once

#include <cstddef>

#include "command_list.hpp"

namespace upstash::local {

enum class JsonShape { one_command, list_of_commands };

// Parses `["SET","k",1]` or `[["SET","k",1],…]` in place: the commands are views into the text, which is
// overwritten. text[size] must be a NUL. Throws BadRequest.
CommandList parse_json_commands(char* text, std::size_t size, JsonShape shape);

}  // namespace upstash::local
