#include "due_queue.hpp"

#include <utility>

#include "async_operation.hpp"

namespace upstash::detail {

namespace {

bool before(const AsyncOperation& a, const AsyncOperation& b) noexcept {
  return a.due != b.due ? a.due < b.due : a.number < b.number;
}

}  // namespace

void DueQueue::put(std::size_t index, AsyncOperation& operation) noexcept {
  heap_[index] = &operation;
  operation.due_index = index;
}

void DueQueue::add(AsyncOperation& operation) {
  heap_.push_back(&operation);
  operation.due_index = heap_.size() - 1;
  changed(operation);
}

void DueQueue::remove(AsyncOperation& operation) noexcept {
  const std::size_t index = operation.due_index;
  AsyncOperation& last = *heap_.back();
  heap_.pop_back();
  if (&last == &operation) return;
  put(index, last);
  changed(last);
}

void DueQueue::changed(AsyncOperation& operation) noexcept {
  std::size_t index = operation.due_index;
  while (index > 0) {
    const std::size_t parent = (index - 1) / 2;
    if (!before(operation, *heap_[parent])) break;
    put(index, *heap_[parent]);
    index = parent;
  }
  while (true) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) ++child;
    if (!before(*heap_[child], operation)) break;
    put(index, *heap_[child]);
    index = child;
  }
  put(index, operation);
}

}  // namespace upstash::detail
