// The structures that commands return, where a standard type would not say what is what.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace upstash {

/// What a command returns that has nothing to say but that it was carried out. Only pipelines and batches show
/// it: a method of Redis returns void.
struct Ok {
  friend bool operator==(const Ok&, const Ok&) = default;
};

/// One page of a SCAN-like iteration.
template <class Item>
struct ScanPage {
  std::string cursor{};       ///< Give it to the next call; "0" when the iteration is complete.
  std::vector<Item> items{};  ///< May be empty although the iteration goes on.

  /// True when this was the last page.
  [[nodiscard]] bool done() const noexcept { return cursor == "0"; }
  friend bool operator==(const ScanPage&, const ScanPage&) = default;
};

}  // namespace upstash
