#include "base64.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace upstash::local {
namespace {

constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char digit(std::uint32_t bits) { return alphabet[bits & 0x3F]; }

std::uint32_t byte(std::string_view bytes, std::size_t index) {
  return static_cast<unsigned char>(bytes[index]);
}

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  // Through a block on the stack: the string is neither zeroed first nor grown byte by byte.
  std::array<char, 4096> block;
  constexpr std::size_t bytes_per_block = block.size() / 4 * 3;
  while (bytes.size() >= 3) {
    const std::size_t taken = std::min(bytes.size() / 3 * 3, bytes_per_block);
    char* end = block.data();
    for (std::size_t i = 0; i < taken; i += 3) {
      const std::uint32_t bits = byte(bytes, i) << 16 | byte(bytes, i + 1) << 8 | byte(bytes, i + 2);
      *end++ = digit(bits >> 18);
      *end++ = digit(bits >> 12);
      *end++ = digit(bits >> 6);
      *end++ = digit(bits);
    }
    out.append(block.data(), end);
    bytes.remove_prefix(taken);
  }
  if (bytes.empty()) return;
  const std::uint32_t bits = byte(bytes, 0) << 16 | (bytes.size() == 2 ? byte(bytes, 1) << 8 : 0);
  out += digit(bits >> 18);
  out += digit(bits >> 12);
  out += bytes.size() == 2 ? digit(bits >> 6) : '=';
  out += '=';
}

}  // namespace upstash::local
