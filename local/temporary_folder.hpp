#pragma once

#include <filesystem>

#include "file_descriptor.hpp"

namespace upstash::local {

// A fresh folder that only this user can enter, removed with the object. What a process that was killed has left
// behind is removed by the next one.
class TemporaryFolder {
 public:
  // Throws std::system_error.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  FileDescriptor lock_;  // held for as long as the folder is in use
};

}  // namespace upstash::local
