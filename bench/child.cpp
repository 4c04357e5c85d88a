#include "child.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "clock.hpp"
#include "local/file_descriptor.hpp"

namespace upstash::bench {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

}  // namespace

ChildRun run_child(std::vector<std::string> command) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  const local::FileDescriptor output(ends[0]);
  local::FileDescriptor childs_output(ends[1]);

  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, childs_output.get(), STDOUT_FILENO);
  pid_t child = 0;
  const double start = bench::seconds_of(CLOCK_MONOTONIC);
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), command[0]);
  childs_output.reset();

  ChildRun run{};
  std::array<char, 4096> buffer;
  while (true) {
    const ssize_t size = read(output.get(), buffer.data(), buffer.size());
    if (run.output.empty()) run.seconds_to_output = bench::seconds_of(CLOCK_MONOTONIC) - start;
    if (size <= 0) break;
    run.output.append(buffer.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (status != 0) throw std::runtime_error(command[0] + " failed");
  run.cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
  return run;
}

}  // namespace upstash::bench
