// Text as a part of a URL.
#pragma once

#include <string>
#include <string_view>

namespace upstash::detail {

/// Appends the bytes of `text` as one segment of a path, or one name or value of a query.
void append_percent_encoded(std::string& url, std::string_view text);

}  // namespace upstash::detail
