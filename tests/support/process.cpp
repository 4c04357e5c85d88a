#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace upstash::test {
namespace {

constexpr int patience_ms = 10'000;

int open_handle(pid_t process) { return static_cast<int>(syscall(SYS_pidfd_open, process, 0)); }

bool readable_soon(int descriptor) {
  pollfd waited{descriptor, POLLIN, 0};
  return poll(&waited, 1, patience_ms) > 0;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> with_own_environment(const std::vector<std::string>& changes) {
  std::vector<std::string> all = changes;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('=') + 1);
    bool changed = false;
    for (const std::string& change : changes) changed = changed || change.starts_with(name);
    if (!changed) all.push_back(text);
  }
  return all;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
  std::vector<std::string> arguments = command;
  std::vector<std::string> variables = with_own_environment(environment);
  const std::vector<char*> argument_pointers = pointers_to(arguments);
  const std::vector<char*> variable_pointers = pointers_to(variables);
  std::array<int, 2> output;
  std::array<int, 2> errors;
  if (pipe2(output.data(), O_CLOEXEC) != 0 || pipe2(errors.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot make pipes");
  }
  id_ = fork();
  if (id_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a server still removes its files then
    dup2(output[1], STDOUT_FILENO);
    dup2(errors[1], STDERR_FILENO);
    execve(argument_pointers[0], argument_pointers.data(), variable_pointers.data());
    _exit(126);
  }
  close(output[1]);
  close(errors[1]);
  output_ = output[0];
  errors_ = errors[0];
  if (id_ < 0) throw std::runtime_error("cannot fork");
}

Process::~Process() {
  if (id_ > 0) {
    kill(id_, SIGKILL);
    waitpid(id_, nullptr, 0);
  }
  close(output_);
  close(errors_);
}

std::optional<std::string> Process::read_line() {
  std::string line;
  char character = 0;
  while (readable_soon(output_) && read(output_, &character, 1) == 1) {
    if (character == '\n') return line;
    line += character;
  }
  return std::nullopt;
}

std::string Process::read_errors() {
  std::string text;
  std::array<char, 4096> block;
  while (readable_soon(errors_)) {
    const ssize_t count = read(errors_, block.data(), block.size());
    if (count <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
  return text;
}

void Process::signal(int number) const { kill(id_, number); }

int Process::wait() {
  if (!ends_soon(id_)) throw std::runtime_error("the program does not end");
  int status = 0;
  waitpid(id_, &status, 0);
  id_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::vector<pid_t> children_of(pid_t parent) {
  const std::string id = std::to_string(parent);
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

bool ends_soon(pid_t process) {
  const int handle = open_handle(process);
  if (handle < 0) return errno == ESRCH;
  const bool ended = readable_soon(handle);
  close(handle);
  return ended;
}

ScratchFolder::ScratchFolder() {
  std::string pattern = "/tmp/upstash-test-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder in /tmp");
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ScratchFolder::write_script(const std::string& name, const std::string& text) const {
  const std::filesystem::path file = path_ / name;
  std::ofstream(file) << "#!/bin/sh\n" << text << "\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  return file;
}

}  // namespace upstash::test
