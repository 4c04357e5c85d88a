#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace upstash::local {

// The sync token: opaque to clients, it stands for all writes so far. There is no replica that could lag, so a
// token that a client sends needs no answer but to be accepted.
class SyncClock {
 public:
  SyncClock();

  void advance(std::uint64_t writes);
  [[nodiscard]] const std::string& token() const { return token_; }

 private:
  void render();

  // First, so that tokens of two runs never look alike.
  std::array<unsigned char, 10> run_;
  std::uint64_t writes_ = 0;
  std::string token_;
};

}  // namespace upstash::local
