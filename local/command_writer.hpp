#pragma once

#include <string>

#include "command_list.hpp"

namespace upstash::local {

// Appends a command as a redis-server reads it.
void append_command(std::string& out, Arguments command);

}  // namespace upstash::local
