// Decoding base64 by AVX2, the 256-bit instructions of x86-64, where the compiler and the machine have them.
#pragma once

#include <cstddef>

namespace upstash::detail {

/// As few blocks are decoded at all: 8 fill a vector, whose store of 32 bytes reaches into the room of 3 more.
constexpr std::size_t fewest_avx2_blocks = 11;

/// Decodes blocks of 4 characters without padding from the front of `text` and returns how many; the rest is for the
/// portable decoder: what does not fill a vector, and from a vector with a foreign character on. None without AVX2. Writes
/// within the first 3 * blocks bytes of `out` and never ahead of what it has read, so that `out` may be `text` or overlap it from before.
[[nodiscard]] std::size_t decode_blocks_avx2(const char* text, std::size_t blocks, char* out) noexcept;

}  // namespace upstash::detail
