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
/// may overlap the text if it starts no later than that, as decoding in place does.
std::optional<std::size_t> base64_decode(std::string_view text, char* out) noexcept;

/// The same without the instructions that only some machines have, for tests to compare.
std::optional<std::size_t> base64_decode_portable(std::string_view text, char* out) noexcept;

}  // namespace upstash::detail

#endif  // UPSTASH_SRC_BASE64_HPP
