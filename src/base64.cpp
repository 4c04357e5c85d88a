#include "base64.hpp"

#include <array>
#include <cstdint>

#include "base64_avx2.hpp"

namespace upstash::detail {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// A bit that no three decoded bytes can set, so that validity can be gathered with the same OR.
constexpr std::uint32_t foreign = 0x8000'0000;

using DecodeTable = std::array<std::uint32_t, 256>;

// One table for each position in a block: the OR of four entries is the three bytes, the first in the low
// bits.
constexpr std::array<DecodeTable, 4> make_decode_tables() {
  std::array<DecodeTable, 4> tables{};
  for (auto& table : tables) table.fill(foreign);
  for (std::uint32_t value = 0; value < alphabet.size(); ++value) {
    const auto at = static_cast<unsigned char>(alphabet[value]);
    tables[0][at] = value << 2;
    tables[1][at] = (value >> 4) | ((value & 0x0f) << 12);
    tables[2][at] = ((value >> 2) << 8) | ((value & 0x03) << 22);
    tables[3][at] = value << 16;
  }
  return tables;
}

constexpr auto decode_tables = make_decode_tables();

// Pairs of characters, for 12 bits at a time.
constexpr std::array<std::array<char, 2>, 4096> make_encode_table() {
  std::array<std::array<char, 2>, 4096> table{};
  for (std::size_t value = 0; value < table.size(); ++value) {
    table[value] = {alphabet[value >> 6], alphabet[value & 0x3f]};
  }
  return table;
}

constexpr auto encode_table = make_encode_table();

constexpr std::uint32_t byte_at(const char* text) noexcept { return static_cast<unsigned char>(*text); }

inline std::uint32_t decode_block(const char* text) noexcept {
  return decode_tables[0][byte_at(text)] | decode_tables[1][byte_at(text + 1)] |
         decode_tables[2][byte_at(text + 2)] | decode_tables[3][byte_at(text + 3)];
}

// Written out for any byte order; compilers turn it into one store.
inline void store_8(char* out, std::uint64_t bytes) noexcept {
  out[0] = static_cast<char>(bytes);
  out[1] = static_cast<char>(bytes >> 8);
  out[2] = static_cast<char>(bytes >> 16);
  out[3] = static_cast<char>(bytes >> 24);
  out[4] = static_cast<char>(bytes >> 32);
  out[5] = static_cast<char>(bytes >> 40);
  out[6] = static_cast<char>(bytes >> 48);
  out[7] = static_cast<char>(bytes >> 56);
}

inline void store_3(char* out, std::uint32_t bytes) noexcept {
  out[0] = static_cast<char>(bytes);
  out[1] = static_cast<char>(bytes >> 8);
  out[2] = static_cast<char>(bytes >> 16);
}

// The portable kernel: whole blocks without padding, 4 characters to 3 bytes. Writes 3 * blocks bytes and no more,
// never ahead of what it has read. False when a character is foreign, which is looked at only once, at the
// end.
bool decode_whole_blocks(const char* text, std::size_t blocks, char* out) noexcept {
  std::uint32_t seen = 0;
  // Two blocks make 6 bytes but a store takes 8: the next block, if there is one, overwrites the other two.
  for (; blocks >= 3; blocks -= 2, text += 8, out += 6) {
    const std::uint32_t first = decode_block(text);
    const std::uint32_t second = decode_block(text + 4);
    seen |= first | second;
    store_8(out, first | static_cast<std::uint64_t>(second) << 24);
  }
  for (; blocks > 0; --blocks, text += 4, out += 3) {
    const std::uint32_t block = decode_block(text);
    seen |= block;
    store_3(out, block);
  }
  return (seen & foreign) == 0;
}

// The last block, the only one that may be padded.
std::optional<std::size_t> decode_last_block(const char* text, char* out) noexcept {
  const std::size_t padding = text[3] != '=' ? 0 : text[2] != '=' ? 1 : 2;
  // An 'A' stands for zero bits, so what it adds is nothing.
  const std::array<char, 4> filled{
      text[0], text[1], padding == 2 ? 'A' : text[2], padding > 0 ? 'A' : text[3]};
  const std::uint32_t block = decode_block(filled.data());
  const std::size_t size = 3 - padding;
  // Bits beyond the last byte must be zero, or several texts would mean the same bytes.
  if ((block >> (8 * size)) != 0) return std::nullopt;
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(block >> (8 * i));
  return size;
}

std::optional<std::size_t> decode(std::string_view text, char* out, bool with_avx2) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.empty()) return 0;
  const std::size_t whole = text.size() / 4 - 1;
  std::size_t front = 0;
  // Most strings are short, and spared the call.
  if (with_avx2 && whole >= fewest_avx2_blocks) front = decode_blocks_avx2(text.data(), whole, out);
  if (!decode_whole_blocks(text.data() + 4 * front, whole - front, out + 3 * front)) return std::nullopt;
  const auto last = decode_last_block(text.data() + 4 * whole, out + 3 * whole);
  if (!last) return std::nullopt;
  return 3 * whole + *last;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '=');
  char* out = text.data();
  const auto put = [&out](std::uint32_t twelve_bits) {
    out[0] = encode_table[twelve_bits][0];
    out[1] = encode_table[twelve_bits][1];
    out += 2;
  };
  const char* in = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 3; left -= 3, in += 3) {
    const std::uint32_t block = byte_at(in) << 16 | byte_at(in + 1) << 8 | byte_at(in + 2);
    put(block >> 12);
    put(block & 0xfff);
  }
  if (left == 2) {
    const std::uint32_t block = byte_at(in) << 16 | byte_at(in + 1) << 8;
    put(block >> 12);
    *out = alphabet[block >> 6 & 0x3f];
  } else if (left == 1) {
    put(byte_at(in) << 4);
  }
  return text;
}

std::optional<std::size_t> base64_decode(std::string_view text, char* out) noexcept {
  return decode(text, out, true);
}

std::optional<std::size_t> base64_decode_portable(std::string_view text, char* out) noexcept {
  return decode(text, out, false);
}

}  // namespace upstash::detail
