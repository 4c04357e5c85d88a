#include "temporary_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace upstash::local {

TemporaryFolder::TemporaryFolder() {
  // A Unix socket's path has room for 107 bytes, and a TMPDIR may be longer than that.
  constexpr std::size_t longest = 80;
  const char* variable = std::getenv("TMPDIR");
  std::string parent = variable == nullptr ? "" : variable;
  if (parent.empty() || parent.size() > longest) parent = "/tmp";
  std::string pattern = parent + "/upstash-local-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make a temporary folder in " + parent);
  }
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace upstash::local
