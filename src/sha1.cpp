#include "sha1.hpp"

#include <openssl/sha.h>

#include <array>

#include <upstash/error.hpp>

namespace upstash::detail {

std::string sha1(std::string_view bytes) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  if (SHA1(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data()) == nullptr) {
    throw Error("OpenSSL on this system does not compute SHA-1, which scripts are known by: use eval()");
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const unsigned char byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 0x0f];
  }
  return text;
}

}  // namespace upstash::detail
