// ScanRange: all items of a SCAN-like iteration, fetched page after page.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include <upstash/command.hpp>
#include <upstash/detail/argument_writer.hpp>
#include <upstash/detail/session.hpp>
#include <upstash/reply_types.hpp>

namespace upstash {

namespace detail {

/// The command's arguments with another one at `index`, where the command's name is 0.
[[nodiscard]] EncodedCommand with_argument(
    const AnyCommand& command, std::size_t index, std::string_view argument);

/// The command that asks for the page at `cursor`.
template <class Item>
[[nodiscard]] Command<ScanPage<Item>> page_command(
    const Command<ScanPage<Item>>& first, std::size_t cursor_argument, std::string_view cursor) {
  return {first.traits(), with_argument(first, cursor_argument, cursor), first.result_type()};
}

}  // namespace detail

/// An input range over all items of a SCAN-like iteration: `for (auto& key : redis.scan_all()) …`.
///
/// It owns the command with all its text, and a handle to the client. Each page is fetched when it is needed: the
/// first by begin(), the others by ++, and both throw what Redis::scan() throws. As Redis has it, an item that is
/// there all the time comes at least once, some may come twice.
///
/// A range holds one page and is used by one loop at a time; each begin() starts from the beginning again. The items
/// of the page may be moved from.
template <class Item>
class ScanRange {
 public:
  /// A position in the iteration, valid as long as the range stays where it is and begin() is not called again.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;

    Iterator() noexcept = default;

    [[nodiscard]] Item& operator*() const noexcept { return range_->page_.items[range_->index_]; }
    [[nodiscard]] Item* operator->() const noexcept { return std::addressof(**this); }
    /// Goes on to the next item, on the next page if this was the page's last. When that throws, another ++ asks for
    /// the same page again.
    Iterator& operator++() {
      range_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    /// True behind the last item.
    [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept {
      return range_->index_ == range_->page_.items.size();
    }

   private:
    friend ScanRange;
    explicit Iterator(ScanRange& range) noexcept : range_(&range) {}

    ScanRange* range_ = nullptr;
  };
  using iterator = Iterator;

  /// `first` asks for the first page; its argument at `cursor_argument`, where the command's name is 0, is the cursor.
  ScanRange(detail::Session session, Command<ScanPage<Item>> first, std::size_t cursor_argument)
      : session_(std::move(session)), first_(std::move(first)), cursor_argument_(cursor_argument) {}

  /// Fetches the first page, and more of them until one has an item.
  [[nodiscard]] Iterator begin() {
    fetch(first_);
    skip_empty_pages();
    return Iterator(*this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  void fetch(const Command<ScanPage<Item>>& command) {
    page_ = session_.run(command);
    index_ = 0;
  }
  void skip_empty_pages() {
    while (index_ == page_.items.size() && !page_.done()) {
      fetch(detail::page_command(first_, cursor_argument_, page_.cursor));
    }
  }
  void advance() {
    if (index_ != page_.items.size()) ++index_;
    skip_empty_pages();
  }

  detail::Session session_;
  Command<ScanPage<Item>> first_;
  std::size_t cursor_argument_;
  ScanPage<Item> page_{};
  std::size_t index_ = 0;
};

}  // namespace upstash
