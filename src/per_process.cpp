#include "per_process.hpp"

#include <pthread.h>

#include "io_thread_mark.hpp"

namespace upstash::detail {

namespace {

std::atomic<unsigned> generation{0};

}  // namespace

unsigned fork_generation() noexcept {
  static const int registered = pthread_atfork(nullptr, nullptr, [] {
    generation.fetch_add(1, std::memory_order_relaxed);
    on_io_thread() =
        false;  // if it was: the thread is the child's only one, the client's others are elsewhere
  });
  static_cast<void>(registered);
  return generation.load(std::memory_order_relaxed);
}

}  // namespace upstash::detail
