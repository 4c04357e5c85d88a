#include "redis_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

namespace upstash::local {
namespace {

constexpr int patience_before_kill_ms = 10'000;
constexpr const char* log_name = "redis.log";

bool is_executable_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

std::string find_in_path(std::string_view name) {
  const char* variable = std::getenv("PATH");
  std::string_view folders = variable == nullptr ? "/usr/local/bin:/usr/bin:/bin" : variable;
  while (!folders.empty()) {
    const std::size_t end = folders.find(':');
    const std::filesystem::path candidate = std::filesystem::path(folders.substr(0, end)) / name;
    if (is_executable_file(candidate)) return candidate;
    if (end == std::string_view::npos) break;
    folders.remove_prefix(end + 1);
  }
  return {};
}

std::string find_program(const std::string& wanted) {
  if (!wanted.empty()) {
    std::string found = wanted.find('/') == std::string::npos ? find_in_path(wanted) : wanted;
    if (found.empty() || !is_executable_file(found)) {
      throw std::runtime_error("there is no program " + wanted + " to start as the redis-server");
    }
    return found;
  }
  for (const std::string_view name : {"redis-server", "valkey-server"}) {
    if (std::string found = find_in_path(name); !found.empty()) return found;
  }
  throw std::runtime_error(
      "there is no redis-server and no valkey-server on PATH; install one (Debian, Ubuntu: apt install "
      "redis-server; "
      "Fedora: dnf install valkey; macOS: brew install redis), name one with --redis-server PATH, or use a "
      "running "
      "one with --redis-url redis://HOST:PORT");
}

std::vector<std::string> server_arguments(
    const std::string& program,
    const std::string& socket_path,
    const std::string& data_folder,
    const std::filesystem::path& working_folder) {
  std::vector<std::string> arguments{
      program,
      "--port",
      "0",
      "--unixsocket",
      socket_path,
      "--unixsocketperm",
      "700",
      "--daemonize",
      "no",
      "--loglevel",
      "warning",
      "--logfile",
      working_folder / log_name};
  if (data_folder.empty()) {
    arguments.insert(arguments.end(), {"--save", "", "--appendonly", "no", "--dir", working_folder.string()});
  } else {
    arguments.insert(
        arguments.end(), {"--appendonly", "yes", "--dir", std::filesystem::absolute(data_folder).string()});
  }
  return arguments;
}

// Blocks all signals while it lives, so that none meets a half-made child.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

// In the child, between fork and exec: async-signal-safe calls only.
[[noreturn]] void become_server(char* const* arguments, pid_t parent, int failure_pipe) {
  // Out of the terminal's foreground group: Ctrl-C is the parent's to handle, and a launcher's own children are
  // reached through the group.
  setpgid(0, 0);
  for (int signal = 1; signal < NSIG; ++signal) {
    if (signal != SIGKILL && signal != SIGSTOP) ::signal(signal, SIG_DFL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // The parent may have died before that took effect.
  if (getppid() != parent) _exit(1);
  const int null = open("/dev/null", O_RDONLY);
  if (null >= 0) dup2(null, STDIN_FILENO);
  // stdout is for the two lines that users paste.
  dup2(STDERR_FILENO, STDOUT_FILENO);
  execv(arguments[0], arguments);
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(failure_pipe, &error, sizeof error);
  _exit(127);
}

std::string describe_end(int status) {
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

// Enough of a log to see why its writer ended.
std::string end_of_file(const std::filesystem::path& path) {
  constexpr std::streamoff longest = 2000;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(size - longest, 0));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

RedisProcess::RedisProcess(const std::string& program, const std::string& data_folder)
    : program_(find_program(program)) {
  if (!data_folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(data_folder, error);
    if (!std::filesystem::is_directory(data_folder)) {
      throw std::runtime_error("cannot make the folder " + data_folder + " of --dir: " + error.message());
    }
  }
  start(data_folder);
}

void RedisProcess::start(const std::string& data_folder) {
  std::vector<std::string> arguments = server_arguments(program_, socket_path(), data_folder, folder_.path());
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  // Closed by a successful exec; otherwise it carries the reason.
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
  const FileDescriptor failure_in(ends[0]);
  FileDescriptor failure_out(ends[1]);

  const pid_t parent = getpid();
  {
    const SignalsBlocked blocked;
    process_ = fork();
    if (process_ == 0) become_server(pointers.data(), parent, failure_out.get());
  }
  if (process_ < 0) throw std::system_error(errno, std::generic_category(), "cannot start a process");
  failure_out.reset();
  // Without a handle (an old kernel) the end is waited for in small steps.
  process_handle_.reset(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)));

  int error = 0;
  ssize_t count = 0;
  do {
    count = read(failure_in.get(), &error, sizeof error);
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof error)) {
    waitpid(process_, nullptr, 0);
    process_ = -1;
    throw std::runtime_error("cannot run " + program_ + ": " + std::strerror(error));
  }
}

RedisProcess::~RedisProcess() {
  if (process_ < 0) return;
  kill(process_, SIGTERM);
  if (!wait_for_end(patience_before_kill_ms)) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  // What a launcher that did not exec has left behind.
  kill(-process_, SIGKILL);
}

std::optional<std::string> RedisProcess::check_ended() {
  if (process_ < 0) return std::nullopt;
  int status = 0;
  if (waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
  kill(-process_, SIGKILL);
  process_ = -1;
  std::string text = program_ + " " + describe_end(status);
  if (const std::string log = end_of_file(folder_.path() / log_name); !log.empty())
    text += "; its log:\n" + log;
  return text;
}

bool RedisProcess::wait_for_end(int milliseconds) {
  constexpr int step_ms = 10;
  for (int waited = 0; waited <= milliseconds; waited += step_ms) {
    if (waitpid(process_, nullptr, WNOHANG) != 0) return true;
    if (process_handle_.is_open()) {
      pollfd ended{process_handle_.get(), POLLIN, 0};
      if (poll(&ended, 1, milliseconds) <= 0) return false;
    } else {
      poll(nullptr, 0, step_ms);
    }
  }
  return false;
}

}  // namespace upstash::local
