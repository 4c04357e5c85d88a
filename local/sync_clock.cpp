#include "sync_clock.hpp"

#include <algorithm>
#include <string_view>

#include "random_token.hpp"
#include "src/base64.hpp"

namespace upstash::local {

SyncClock::SyncClock() {
  fill_random(run_);
  render();
}

void SyncClock::advance(std::uint64_t writes) {
  if (writes == 0) return;
  writes_ += writes;
  render();
}

void SyncClock::render() {
  std::array<char, 18> bytes;
  std::copy(run_.begin(), run_.end(), bytes.begin());
  for (std::size_t i = 0; i < 8; ++i) bytes[run_.size() + i] = static_cast<char>(writes_ >> (8 * (7 - i)));
  token_ = detail::base64_encode({bytes.data(), bytes.size()});
}

}  // namespace upstash::local
