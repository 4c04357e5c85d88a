#pragma once

#include <string_view>

namespace upstash::local {

// Which backend has a command that this one does not know; empty if there is nothing to say.
std::string_view missing_command_hint(std::string_view command);

}  // namespace upstash::local
