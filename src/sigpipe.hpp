// Keeps SIGPIPE from a closed connection away from the program, without touching its signal handlers.
#pragma once

#include <csignal>

namespace upstash::detail {

/// While it lives, SIGPIPE is blocked in this thread; one that was raised meanwhile is swallowed.
class SigpipeBlock {
 public:
  SigpipeBlock();
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;
  ~SigpipeBlock();

 private:
  sigset_t previous_mask_{};
  bool was_pending_ = false;
};

}  // namespace upstash::detail
