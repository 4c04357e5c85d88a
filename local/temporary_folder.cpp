#include "temporary_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace upstash::local {
namespace {

constexpr const char* name_start = "upstash-local-";
constexpr const char* lock_name = "lock";

FileDescriptor take_lock(const std::filesystem::path& file, int open_flags) {
  FileDescriptor lock(open(file.c_str(), O_RDWR | O_CLOEXEC | open_flags, 0600));
  if (lock.is_open() && flock(lock.get(), LOCK_EX | LOCK_NB) != 0) lock.reset();
  return lock;
}

// Of those whose owner is gone, and with it its lock.
void remove_abandoned_folders(const std::filesystem::path& parent) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(parent, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with(name_start)) continue;
    const FileDescriptor lock = take_lock(entry->path() / lock_name, O_NOFOLLOW);
    std::error_code ignored;
    if (lock.is_open()) std::filesystem::remove_all(entry->path(), ignored);
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  // A Unix socket's path has room for 107 bytes, and a TMPDIR may be longer than that.
  constexpr std::size_t longest = 80;
  const char* variable = std::getenv("TMPDIR");
  std::string parent = variable == nullptr ? "" : variable;
  if (parent.empty() || parent.size() > longest) parent = "/tmp";
  remove_abandoned_folders(parent);
  std::string pattern = parent + '/' + name_start + "XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make a temporary folder in " + parent);
  }
  path_ = pattern;
  // Under its name only once it is locked, so that nobody finds it unlocked.
  lock_ = take_lock(path_ / "new-lock", O_CREAT);
  std::error_code ignored;
  std::filesystem::rename(path_ / "new-lock", path_ / lock_name, ignored);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace upstash::local
