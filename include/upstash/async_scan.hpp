// AsyncScan: all items of a SCAN-like iteration, page after page, without waiting.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <upstash/command.hpp>
#include <upstash/detail/async_session.hpp>
#include <upstash/error.hpp>
#include <upstash/future.hpp>
#include <upstash/reply_types.hpp>
#include <upstash/scan_range.hpp>

namespace upstash {

namespace detail {

[[noreturn]] void throw_scan_in_use();

/// An iteration, shared by its AsyncScan and the page that is on its way.
template <class ItemType>
class AsyncPages {
 public:
  using Item = ItemType;

  /// The session does not keep the client.
  AsyncPages(AsyncSession session, Command<ScanPage<Item>> first, std::size_t cursor_argument)
      : session_(std::move(session)), first_(std::move(first)), cursor_argument_(cursor_argument) {}

  [[nodiscard]] const std::shared_ptr<const Executor>& executor() const noexcept {
    return session_.executor();
  }

  /// What whoever calls the functions below must hold.
  struct EndOfReservation {
    void operator()(AsyncPages* pages) const noexcept {
      pages->reserved_.store(false, std::memory_order_release);
    }
  };
  using Reservation = std::unique_ptr<AsyncPages, EndOfReservation>;
  /// Throws UsageError when a page is on its way.
  [[nodiscard]] Reservation reserve() {
    if (reserved_.exchange(true, std::memory_order_acquire)) throw_scan_in_use();
    return Reservation(this);
  }

  [[nodiscard]] bool done() const noexcept { return cursor_ && *cursor_ == "0"; }
  [[nodiscard]] Future<ScanPage<Item>> fetch() const {
    return session_.run(cursor_ ? page_command(first_, cursor_argument_, *cursor_) : first_);
  }
  /// Takes the page's cursor over and gives its items.
  [[nodiscard]] std::vector<Item> items_of(ScanPage<Item> page) {
    cursor_ = std::move(page.cursor);
    return std::move(page.items);
  }

 private:
  AsyncSession session_;
  Command<ScanPage<Item>> first_;
  std::size_t cursor_argument_;
  std::optional<std::string> cursor_;  // of the last page
  std::atomic<bool> reserved_{false};
};

/// The state of the future of AsyncScan::for_each(). It goes from page to page in a loop, not by calling itself.
template <class Pages, class F>
class ForEachItem final : public FutureState<void>, public Continuation {
  using Page = ScanPage<typename Pages::Item>;

 public:
  ForEachItem(std::shared_ptr<Pages> pages, F f)
      : FutureState<void>(pages->executor()),
        Continuation(false),
        pages_(std::move(pages)),
        reservation_(pages_->reserve()),
        f_(std::move(f)) {}

  void start() {
    if (pages_->done()) return finish(nullptr);
    Future<Page> page = pages_->fetch();
    retain();  // for run()
    if (!waits_for(page)) run();
  }

  void run() noexcept override {
    StateRef<ForEachItem> self(this);
    std::exception_ptr error;
    try {
      while (true) {
        {
          auto page = std::exchange(page_, {});
          for (auto& item : pages_->items_of(take(*page))) (*f_)(std::move(item));
        }
        if (pages_->done()) break;
        Future<Page> page = fetch_next();
        static_cast<void>(self.detach());  // the next run() may be there before this one has ended
        if (waits_for(page)) return;
        self = StateRef<ForEachItem>(this);
      }
    } catch (...) {
      error = std::current_exception();
    }
    finish(std::move(error));  // not sooner: there the exception still has another holder, in this thread
  }

 private:
  /// False when the page is there already.
  bool waits_for(Future<Page>& page) {
    page_ = FutureAccess::take_state(page);
    const auto state = page_;
    return state->then(*this, true);
  }
  [[nodiscard]] Future<Page> fetch_next() const {
    try {
      return pages_->fetch();
    } catch (const UsageError& closed) {  // nothing else can be wrong with a command that was sent before
      throw CancelledError(closed.what(), Outcome::not_executed, 0);
    }
  }
  void finish(std::exception_ptr error) noexcept {
    f_.reset();
    reservation_.reset();
    if (error != nullptr) {
      fail(std::move(error));
    } else {
      emplace();
    }
  }

  std::shared_ptr<Pages> pages_;
  typename Pages::Reservation reservation_;
  std::optional<F> f_;
  StateRef<FutureState<Page>> page_;
};

}  // namespace detail

/// All items of a SCAN-like iteration, fetched page after page, made by AsyncRedis::scan_all() and the like:
/// `while (auto page = co_await scan.next()) for (auto& key : *page) …`.
///
/// It owns the command with all its text and is a handle to the client. Nothing is fetched before it is asked for. As
/// Redis has it, an item that is there all the time comes at least once, some may come twice. It is used by one thread at
/// a time, and may go while a page is on its way.
template <class Item>
class AsyncScan {
 public:
  /// `first` asks for the first page; its argument at `cursor_argument`, where the command's name is 0, is the cursor.
  AsyncScan(detail::AsyncSession session, Command<ScanPage<Item>> first, std::size_t cursor_argument)
      : session_(std::move(session)),
        pages_(std::make_shared<detail::AsyncPages<Item>>(
            session_.without_client(), std::move(first), cursor_argument)) {}

  /// The items of the next page, which may be none although the iteration goes on; nothing behind the last page. The
  /// future's error is what Redis::scan() throws; after it, next() asks for the same page again. Throws UsageError
  /// while another page is on its way.
  Future<std::optional<std::vector<Item>>> next() {
    using Items = std::optional<std::vector<Item>>;
    Reservation reservation = pages_->reserve();
    if (pages_->done()) return detail::ready_future<Items>();
    Future<ScanPage<Item>> page = pages_->fetch();
    static_cast<void>(reservation.release());
    return detail::FutureAccess::then(
        page,
        [pages = pages_](Result<ScanPage<Item>> result) {
          const Reservation until_end(pages.get());
          return Items(pages->items_of(std::move(result).value()));
        },
        true);
  }

  /// Calls `f` with each item of the pages that are left, one after the other, and gives the future of the end: the
  /// first error of a page, or what f throws, ends it. f runs where a callback of Future::then() would. It may be dropped
  /// as every future. Throws UsageError while another page is on its way.
  template <class F>
  Future<void> for_each(F f) {
    using State = detail::ForEachItem<detail::AsyncPages<Item>, F>;
    detail::StateRef<State> state(new State(pages_, std::move(f)));
    state->start();
    return detail::FutureAccess::make(detail::StateRef<detail::FutureState<void>>(std::move(state)));
  }

 private:
  using Reservation = typename detail::AsyncPages<Item>::Reservation;

  detail::AsyncSession session_;  // keeps the client
  std::shared_ptr<detail::AsyncPages<Item>> pages_;
};

}  // namespace upstash
