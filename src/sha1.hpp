// SHA-1, by which the server knows a script.
#pragma once

#include <string>
#include <string_view>

namespace upstash::detail {

/// 40 hexadecimal digits in lower case.
[[nodiscard]] std::string sha1(std::string_view bytes);

}  // namespace upstash::detail
