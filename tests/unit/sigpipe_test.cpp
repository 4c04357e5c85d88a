// SIGPIPE from a closed connection stays away from the program, whose own SIGPIPE stays as it was.
#include "sigpipe.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>
#include <ctime>

namespace upstash::test {
namespace {

sigset_t only_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

bool is_blocked() {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, SIGPIPE) == 1;
}

bool take_pending() {
  const sigset_t set = only_sigpipe();
  const timespec at_once{};
  return sigtimedwait(&set, nullptr, &at_once) == SIGPIPE;
}

TEST(SigpipeBlock, SwallowsWhatIsRaisedMeanwhile) {
  {
    const detail::SigpipeBlock block;
    EXPECT_TRUE(is_blocked());
    pthread_kill(pthread_self(), SIGPIPE);
  }
  EXPECT_FALSE(is_blocked());  // and the program is still here
}

TEST(SigpipeBlock, LeavesTheProgramsOwnMaskAndPendingSignalAlone) {
  const sigset_t set = only_sigpipe();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  pthread_kill(pthread_self(), SIGPIPE);
  { const detail::SigpipeBlock block; }
  EXPECT_TRUE(is_blocked());
  EXPECT_TRUE(take_pending());
  {
    const detail::SigpipeBlock block;
    pthread_kill(pthread_self(), SIGPIPE);
  }
  EXPECT_TRUE(is_blocked());
  EXPECT_FALSE(take_pending());
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace
}  // namespace upstash::test
