#include "base64_avx2.hpp"

#if defined(__x86_64__) && defined(__GNUC__)  // which Clang defines as well
#include <immintrin.h>

namespace upstash::detail {

namespace {

// Only this function is compiled for AVX2; the method is that of Wojciech Muła and Daniel Lemire, "Faster Base64 Encoding
// and Decoding Using AVX2 Instructions" (2018).
__attribute__((target("avx2"))) std::size_t decode_blocks(
    const char* text, std::size_t blocks, char* out) noexcept {
  // Tables for 4 bits of a character's code. A code is foreign when its low and its high half have a bit in common.
  const __m256i low_half_bits = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a));
  const __m256i high_half_bits = _mm256_broadcastsi128_si256(_mm_setr_epi8(
      0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  // What to add to a code for the six bits it stands for, by its high half. '/' shares that with '+' and takes the
  // place before it.
  const __m256i shifts = _mm256_broadcastsi128_si256(
      _mm_setr_epi8(0, 63 - '/', 62 - '+', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0));
  // Each 4 bytes hold three, the last one in front.
  const __m256i in_order =
      _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  const __m256i without_gap = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);

  constexpr std::size_t blocks_at_once = 8;
  std::size_t done = 0;
  for (; blocks - done >= fewest_avx2_blocks; done += blocks_at_once) {
    const __m256i codes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + 4 * done));
    const __m256i low_half = _mm256_and_si256(codes, _mm256_set1_epi8(0x0f));
    const __m256i high_half = _mm256_and_si256(_mm256_srli_epi32(codes, 4), _mm256_set1_epi8(0x0f));
    if (_mm256_testz_si256(
            _mm256_shuffle_epi8(low_half_bits, low_half), _mm256_shuffle_epi8(high_half_bits, high_half)) ==
        0) {
      break;
    }
    // -1 where it is a '/'.
    const __m256i slashes = _mm256_cmpeq_epi8(codes, _mm256_set1_epi8('/'));
    const __m256i sixes =
        _mm256_add_epi8(codes, _mm256_shuffle_epi8(shifts, _mm256_add_epi8(high_half, slashes)));
    const __m256i twelves = _mm256_maddubs_epi16(sixes, _mm256_set1_epi16(0x0140));  // 64 * first + second
    const __m256i blocks_of_24 =
        _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x0001'1000));  // 4096 * first + second
    const __m256i bytes =
        _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(blocks_of_24, in_order), without_gap);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 3 * done), bytes);
  }
  return done;
}

}  // namespace

std::size_t decode_blocks_avx2(const char* text, std::size_t blocks, char* out) noexcept {
  return __builtin_cpu_supports("avx2") != 0 ? decode_blocks(text, blocks, out) : 0;
}

}  // namespace upstash::detail

#else

namespace upstash::detail {

std::size_t decode_blocks_avx2(const char*, std::size_t, char*) noexcept { return 0; }

}  // namespace upstash::detail

#endif
