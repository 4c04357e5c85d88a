#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "file_descriptor.hpp"
#include "temporary_folder.hpp"

namespace upstash::local {

// A redis-server or valkey-server of our own, on a Unix socket in a temporary folder. It ends with the object,
// and with this process however that ends.
class RedisProcess {
 public:
  // `program` is empty to search PATH; `data_folder` is empty for no persistence.
  // Throws std::runtime_error.
  RedisProcess(const std::string& program, const std::string& data_folder);
  ~RedisProcess();
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  [[nodiscard]] const std::string& program() const { return program_; }
  [[nodiscard]] std::string socket_path() const { return folder_.path() / "redis.sock"; }

  // How the process ended, once, if it has; never waits.
  std::optional<std::string> check_ended();

 private:
  void start(const std::string& data_folder);
  bool wait_for_end(int milliseconds);

  std::string program_;
  TemporaryFolder folder_;
  pid_t process_ = -1;
  FileDescriptor process_handle_;
};

}  // namespace upstash::local
