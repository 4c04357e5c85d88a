// Work in a child process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace upstash::test {

/// Runs `work` in a child process and returns its result, at most 255. No gtest there: its failures would be lost. A
/// child that hangs ends with 255.
template <class Work>
int result_in_child(const Work& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);
    int result = 254;
    try {
      result = work();
    } catch (...) {
      result = 253;
    }
    ::_exit(result);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

}  // namespace upstash::test
