// Seconds of the system's clocks.
#pragma once

#include <ctime>

namespace upstash::bench {

/// What the clock shows, such as CLOCK_MONOTONIC or CLOCK_PROCESS_CPUTIME_ID.
inline double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace upstash::bench
