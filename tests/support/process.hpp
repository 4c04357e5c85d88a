#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace upstash::test {

// A program under test. It is killed with the object, and told to end when the test dies.
class Process {
 public:
  // `environment` holds NAME=VALUE, added to or replacing what the test has.
  Process(const std::vector<std::string>& command, const std::vector<std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }

  // Up to and without the line break; nothing once the program has closed its output.
  std::optional<std::string> read_line();
  std::string read_errors();

  void signal(int number) const;

  // The exit code, or minus the signal that ended it. Throws if it does not end within ten seconds.
  int wait();

 private:
  pid_t id_ = -1;
  int output_ = -1;
  int errors_ = -1;
};

// Of processes that need not be the test's own children.
std::vector<pid_t> children_of(pid_t parent);
bool ends_soon(pid_t process);

class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::string write_script(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace upstash::test
