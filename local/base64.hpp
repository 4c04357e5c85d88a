#pragma once

#include <string>
#include <string_view>

namespace upstash::local {

// Appends the standard alphabet's text, padded.
void append_base64(std::string& out, std::string_view bytes);

}  // namespace upstash::local
