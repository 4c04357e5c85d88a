#include "../../src/base64.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "base64_avx2.hpp"

namespace upstash::detail {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648 read word for word, bit by bit.
std::string reference_encode(std::string_view bytes) {
  std::string bits;
  for (const char byte : bytes) {
    for (int bit = 7; bit >= 0; --bit)
      bits += ((static_cast<unsigned char>(byte) >> bit) & 1) != 0 ? '1' : '0';
  }
  while (bits.size() % 6 != 0) bits += '0';
  std::string text;
  for (std::size_t at = 0; at < bits.size(); at += 6)
    text += alphabet[std::stoul(bits.substr(at, 6), nullptr, 2)];
  while (text.size() % 4 != 0) text += '=';
  return text;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

using Decoder = decltype(base64_decode);

// Decodes from and to heap blocks of exactly the promised sizes, so that a sanitizer sees any step outside
// them; the canary behind the output shows a write too far without one.
std::optional<std::string> decode_by(Decoder& decoder, std::string_view text) {
  const auto in = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), in.get());
  const std::size_t room = 3 * (text.size() / 4);
  const auto out = std::make_unique<char[]>(room);
  const auto size = decoder({in.get(), text.size()}, out.get());

  const auto canary = std::make_unique<char[]>(room + 16);
  std::fill_n(canary.get(), room + 16, '\x5a');
  EXPECT_EQ(decoder({in.get(), text.size()}, canary.get()), size);
  EXPECT_EQ(std::string(canary.get() + room, 16), std::string(16, '\x5a')) << "wrote behind the output";
  EXPECT_EQ(std::string_view(in.get(), text.size()), text) << "changed its input";

  // In place, and into a buffer of which the text is the end.
  for (const std::size_t ahead : {0U, 11U}) {
    const auto both = std::make_unique<char[]>(ahead + text.size());
    std::copy(text.begin(), text.end(), both.get() + ahead);
    EXPECT_EQ(decoder({both.get() + ahead, text.size()}, both.get()), size) << ahead;
    if (size) {
      EXPECT_EQ(std::string_view(both.get(), *size), std::string_view(out.get(), *size)) << ahead;
    }
  }
  if (!size) return std::nullopt;
  EXPECT_LE(*size, room);
  EXPECT_EQ(std::string_view(canary.get(), *size), std::string_view(out.get(), *size));
  return std::string(out.get(), *size);
}

// Both decoders, which must agree on every text.
std::optional<std::string> decode(std::string_view text) {
  const auto decoded = decode_by(base64_decode, text);
  EXPECT_EQ(decode_by(base64_decode_portable, text), decoded);
  return decoded;
}

// A first, a middle and a last block, with enough around them for every loop of the decoder.
std::string with_block_at(std::size_t index, std::string_view block, std::size_t blocks) {
  std::string text;
  for (std::size_t i = 0; i < blocks; ++i) text += i == index ? block : "Zm9v"sv;
  return text;
}

TEST(Base64Test, EncodesAndDecodesTheVectorsOfTheRfc) {
  const std::array<std::array<std::string_view, 2>, 7> vectors{{
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  }};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(decode(text), std::string(bytes));
  }
}

TEST(Base64Test, DecodesEmptyInputWithoutABuffer) {
  EXPECT_EQ(base64_decode({}, nullptr), 0U);
  EXPECT_EQ(base64_encode({}), "");
}

TEST(Base64Test, MatchesTheReferenceForEveryOneAndTwoBytes) {
  for (int first = 0; first < 256; ++first) {
    const std::string one(1, static_cast<char>(first));
    ASSERT_EQ(base64_encode(one), reference_encode(one));
    ASSERT_EQ(decode(base64_encode(one)), one);
    for (int second = 0; second < 256; ++second) {
      const std::string two = one + static_cast<char>(second);
      const std::string text = base64_encode(two);
      ASSERT_EQ(text, reference_encode(two));
      std::array<char, 3> out{};
      ASSERT_EQ(base64_decode(text, out.data()), 2U);
      ASSERT_EQ(std::string_view(out.data(), 2), two);
    }
  }
}

// All 16,777,216 of them, through one long text for each first byte. The expected text is built from the bits
// of the number, one sixth at a time, which is the reference for a whole block.
TEST(Base64Test, MatchesTheReferenceForEveryThreeBytes) {
  ASSERT_EQ(reference_encode("\x01\x02\x03"), "AQID");
  for (std::uint32_t first = 0; first < 256; ++first) {
    std::string bytes;
    std::string expected;
    bytes.reserve(3 * 65536);
    expected.reserve(4 * 65536);
    for (std::uint32_t rest = 0; rest < 65536; ++rest) {
      const std::uint32_t number = first << 16 | rest;
      for (const int shift : {16, 8, 0}) bytes += static_cast<char>(number >> shift);
      for (const int shift : {18, 12, 6, 0}) expected += alphabet[(number >> shift) & 63];
    }
    ASSERT_TRUE(base64_encode(bytes) == expected) << "first byte " << first;
    for (Decoder* const decoder : {base64_decode, base64_decode_portable}) {
      std::string decoded(bytes.size(), '\0');
      ASSERT_EQ(decoder(expected, decoded.data()), bytes.size()) << "first byte " << first;
      ASSERT_TRUE(decoded == bytes) << "first byte " << first;
    }
  }
}

TEST(Base64Test, RoundTripsEverySizeUpTo300) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size <= 300; ++size) {
    for (int round = 0; round < 5; ++round) {
      const std::string bytes = random_bytes(random, size);
      const std::string text = base64_encode(bytes);
      ASSERT_EQ(text, reference_encode(bytes));
      ASSERT_EQ(decode(text), bytes);
    }
  }
}

TEST(Base64Test, RoundTripsSomeMebibytes) {
  std::mt19937 random(2);
  for (const std::size_t extra : {0U, 1U, 2U}) {
    const std::string bytes = random_bytes(random, 3 * 1024 * 1024 + extra);
    const auto decoded = decode(base64_encode(bytes));
    ASSERT_TRUE(decoded.has_value());
    ASSERT_TRUE(*decoded == bytes);
  }
}

TEST(Base64Test, DecodesInPlaceToTheFront) {
  std::string text = "aGVsbG8sIHdvcmxkIQ==";
  ASSERT_EQ(base64_decode(text, text.data()), 13U);
  EXPECT_EQ(text.substr(0, 13), "hello, world!");
}

TEST(Base64Test, KeepsNulAndHighBytes) {
  const auto bytes = "\0\xff\0\x80\xfe\0"sv;
  EXPECT_EQ(base64_encode(bytes), "AP8AgP4A");
  EXPECT_EQ(decode("AP8AgP4A"), std::string(bytes));
}

TEST(Base64Test, RefusesALengthThatIsNoMultipleOfFour) {
  for (std::size_t size = 0; size <= 100; ++size) {
    EXPECT_EQ(decode(std::string(size, 'A')).has_value(), size % 4 == 0) << size;
  }
  EXPECT_EQ(decode("Zg"), std::nullopt);
  EXPECT_EQ(decode("Zg="), std::nullopt);
  EXPECT_EQ(decode("Zm8"), std::nullopt);
  EXPECT_EQ(decode("Zm9vY"), std::nullopt);
  EXPECT_EQ(decode("="), std::nullopt);
}

// Every byte outside the alphabet ('=' among them), at each position of a block, in every block of short and
// long texts: URL-safe characters, white space, line breaks, NUL and everything from 0x80.
TEST(Base64Test, RefusesEveryForeignByteAtEveryPosition) {
  for (int value = 0; value < 256; ++value) {
    const char foreign = static_cast<char>(value);
    if (alphabet.find(foreign) != std::string_view::npos) continue;
    // The last two are decoded by one vector and by two, with the rest behind them.
    for (const std::size_t blocks : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 12U, 23U}) {
      for (std::size_t at = 0; at < 4 * blocks; ++at) {
        // One '=' at the very end is padding, seen to below.
        if (foreign == '=' && at == 4 * blocks - 1) continue;
        std::string text(4 * blocks, 'A');
        text[at] = foreign;
        ASSERT_EQ(decode(text), std::nullopt) << "byte " << value << " at " << at << " of " << text.size();
      }
    }
  }
}

TEST(Base64Test, RefusesForeignBytesNextToPadding) {
  for (int value = 0; value < 256; ++value) {
    const char foreign = static_cast<char>(value);
    if (alphabet.find(foreign) != std::string_view::npos) continue;
    for (std::size_t blocks = 1; blocks <= 5; ++blocks) {
      for (const auto padded : {"AAA="sv, "AA=="sv}) {
        const std::size_t characters = padded.find('=');
        for (std::size_t at = 0; at < characters; ++at) {
          // "AA==" is what "AAA=" becomes with '=' as its third, and it is right.
          if (foreign == '=' && characters == 3 && at == 2) continue;
          std::string block(padded);
          block[at] = foreign;
          ASSERT_EQ(decode(with_block_at(blocks - 1, block, blocks)), std::nullopt)
              << "byte " << value << " " << at;
        }
      }
    }
  }
}

TEST(Base64Test, RefusesWhatOtherDecodersForgive) {
  EXPECT_EQ(decode("-_-_"), std::nullopt);
  EXPECT_TRUE(decode("+/+/").has_value());
  EXPECT_EQ(decode("Zm9v\n"), std::nullopt);
  EXPECT_EQ(decode("Zm9v\r\nZg"), std::nullopt);
  EXPECT_EQ(decode("Zm9vYmFy\r\n\r\n"), std::nullopt);
  EXPECT_EQ(decode(" Zm9"), std::nullopt);
  EXPECT_EQ(decode("Zm9 "), std::nullopt);
  EXPECT_EQ(decode("Zm9v    "), std::nullopt);
  EXPECT_EQ(decode("Zg==\0\0\0\0"sv), std::nullopt);
  EXPECT_EQ(decode("Zg\0\0"sv), std::nullopt);
}

TEST(Base64Test, RefusesMisplacedPadding) {
  for (const std::size_t blocks : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 21U}) {
    for (const auto block :
         {"===="sv, "A==="sv, "=AAA"sv, "A=AA"sv, "AA=A"sv, "==AA"sv, "A==A"sv, "A=A="sv}) {
      for (std::size_t at = 0; at < blocks; ++at) {
        EXPECT_EQ(decode(with_block_at(at, block, blocks)), std::nullopt) << block << " as block " << at;
      }
    }
    for (const auto block : {"AA=="sv, "AAA="sv}) {
      for (std::size_t at = 0; at < blocks; ++at) {
        EXPECT_EQ(decode(with_block_at(at, block, blocks)).has_value(), at == blocks - 1)
            << block << " at " << at;
      }
    }
  }
}

// Of the characters before the padding only those whose spare bits are zero are what an encoder writes.
TEST(Base64Test, RefusesNonZeroTrailingBits) {
  EXPECT_EQ(decode("QQ1="), std::nullopt);
  EXPECT_EQ(decode("QR=="), std::nullopt);
  EXPECT_EQ(decode("QQ=="), "A");
  EXPECT_EQ(decode("QUI="), "AB");
  for (const std::size_t blocks : {1U, 2U, 3U, 8U}) {
    for (std::size_t value = 0; value < alphabet.size(); ++value) {
      const std::string two = std::string("A") + alphabet[value] + "==";
      EXPECT_EQ(decode(with_block_at(blocks - 1, two, blocks)).has_value(), value % 16 == 0) << two;
      const std::string three = std::string("AA") + alphabet[value] + "=";
      EXPECT_EQ(decode(with_block_at(blocks - 1, three, blocks)).has_value(), value % 4 == 0) << three;
    }
  }
}

// Eight blocks make a vector, and each of its places takes every value.
TEST(Base64Test, DecodesEveryCharacterAtEveryPlaceOfAVector) {
  std::mt19937 random(4);
  for (std::size_t size = 24; size <= 75; ++size) {
    const std::string bytes = random_bytes(random, size);
    std::string text = base64_encode(bytes);
    for (std::size_t at = 0; at + 4 < text.size(); ++at) {
      const char before = text[at];
      for (const char character : alphabet) {
        text[at] = character;
        const auto decoded = decode(text);
        ASSERT_TRUE(decoded.has_value());
        ASSERT_EQ(reference_encode(*decoded), text);
      }
      text[at] = before;
    }
  }
}

TEST(Base64Test, DecodersAgreeOnDamagedTexts) {
  std::mt19937 random(5);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random()) % bound; };
  int accepted = 0;
  constexpr int rounds = 100'000;
  for (int round = 0; round < rounds; ++round) {
    std::string text = base64_encode(random_bytes(random, below(200)));
    for (std::size_t changes = below(3); changes > 0 && !text.empty(); --changes) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text[at] = alphabet[below(alphabet.size())];
          break;
        case 2:
          text.erase(at, 1 + below(4));
          break;
        default:
          text.insert(at, 1 + below(4), below(2) == 0 ? '=' : static_cast<char>(random()));
      }
    }
    const auto decoded = decode(text);
    if (!decoded) continue;
    ++accepted;
    ASSERT_EQ(base64_encode(*decoded), text);
  }
  EXPECT_GT(accepted, rounds / 4);
  EXPECT_LT(accepted, rounds);
}

#if defined(__x86_64__) && defined(__GNUC__)
// Or else the tests above would compare the portable decoder with itself.
TEST(Base64Test, DecodesWithAvx2WhereItCan) {
  const std::string text(400, 'A');
  std::array<char, 300> out{};
  const std::size_t blocks = decode_blocks_avx2(text.data(), 100, out.data());
  EXPECT_EQ(blocks > 0, __builtin_cpu_supports("avx2") != 0);
}

TEST(Base64Test, Avx2WritesNoMoreThanItsBlocks) {
  const std::string text(400, 'A');
  for (std::size_t blocks = 0; blocks <= 100; ++blocks) {
    std::string out(3 * blocks + 32, '\x5a');
    EXPECT_LE(decode_blocks_avx2(text.data(), blocks, out.data()), blocks);
    EXPECT_EQ(out.substr(3 * blocks), std::string(32, '\x5a')) << blocks;
  }
}
#endif

// Any text of the right length either comes back from encoding what it decoded to, or is refused.
TEST(Base64Test, AcceptsExactlyWhatTheEncoderWrites) {
  std::mt19937 random(3);
  constexpr std::string_view characters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/==";
  int accepted = 0;
  for (int round = 0; round < 200'000; ++round) {
    std::string text(4 * (random() % 4 + 1), '\0');
    for (auto& character : text) character = characters[random() % characters.size()];
    std::array<char, 12> out{};
    const auto size = base64_decode(text, out.data());
    if (!size) continue;
    ++accepted;
    ASSERT_EQ(base64_encode({out.data(), *size}), text);
  }
  EXPECT_GT(accepted, 10'000);
}

}  // namespace
}  // namespace upstash::detail
