#include "percent_encoding.hpp"

namespace upstash::detail {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '~' || c == '.';
}

}  // namespace

void append_percent_encoded(std::string& url, std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  const bool is_dot_segment = text == "." || text == "..";  // a proxy would resolve it
  for (const char c : text) {
    if (is_unreserved(c) && !is_dot_segment) {
      url += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      url += '%';
      url += hex[byte >> 4U];
      url += hex[byte & 0xfU];
    }
  }
}

}  // namespace upstash::detail
