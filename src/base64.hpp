#ifndef UPSTASH_SRC_BASE64_HPP
#define UPSTASH_SRC_BASE64_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace upstash::detail {

/// Encodes in the standard alphabet of RFC 4648, padded, on one line.
std::string base64_encode(std::string_view bytes);

/// Decodes strict base64: the standard alphabet, padded, nothing else. Returns the decoded size, or nullopt
/// when the input is anything else (wrong length, foreign character, misplaced padding, non-zero trailing
/// bits). `out` needs room for 3 * (text.size() / 4) bytes, which may all be overwritten, also on failure. It
/// may be text.data() itself, or else must not overlap the text.
std::optional<std::size_t> base64_decode(std::string_view text, char* out) noexcept;

/// The same without the instructions that only some machines have, for tests to compare.
std::optional<std::size_t> base64_decode_portable(std::string_view text, char* out) noexcept;

/// Decodes in place: the bytes land at the front of [data, data + size). Otherwise as base64_decode(); on
/// failure the contents are unspecified.
std::optional<std::size_t> base64_decode_in_place(char* data, std::size_t size) noexcept;

}  // namespace upstash::detail

#endif  // UPSTASH_SRC_BASE64_HPP
