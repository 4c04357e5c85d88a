#include "random_token.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace upstash::local {

void fill_random(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0) {
      if (errno == EINTR) continue;
      throw std::system_error(errno, std::generic_category(), "cannot get random bytes");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string random_token() {
  std::array<unsigned char, 24> bytes;
  fill_random(bytes);
  constexpr char digits[] = "0123456789abcdef";
  std::string token;
  for (const unsigned char byte : bytes) {
    token += digits[byte >> 4];
    token += digits[byte & 0xF];
  }
  return token;
}

}  // namespace upstash::local
