#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace upstash::local {

// From the system's random source; throws std::system_error.
void fill_random(std::span<unsigned char> bytes);

// Letters and digits, too many to guess.
std::string random_token();

}  // namespace upstash::local
