// DueQueue: the operations of a loop by the time when each has to be looked at.
#pragma once

#include <cstddef>
#include <vector>

namespace upstash::detail {

class AsyncOperation;

/// A binary heap in which each operation knows its place. Adding one that is due last, and so by far most, takes
/// constant time.
class DueQueue {
 public:
  [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
  /// What is due first.
  [[nodiscard]] AsyncOperation& front() const noexcept { return *heap_.front(); }

  void add(AsyncOperation& operation);
  void remove(AsyncOperation& operation) noexcept;
  /// To be called when `due` of an operation has changed.
  void changed(AsyncOperation& operation) noexcept;

 private:
  void put(std::size_t index, AsyncOperation& operation) noexcept;

  std::vector<AsyncOperation*> heap_;
};

}  // namespace upstash::detail
