#include <gtest/gtest.h>

#include <stdexcept>
#include <string_view>
#include <vector>

#include "backend_address.hpp"

namespace upstash::local {
namespace {

TEST(LocalBackendAddress, TakesAUrlApart) {
  const BackendAddress full = parse_backend_url("redis://me:p%40ss@[::1]:7000/3");
  EXPECT_EQ(full.user, "me");
  EXPECT_EQ(full.password, "p@ss");
  EXPECT_EQ(full.host, "::1");
  EXPECT_EQ(full.port, 7000);
  EXPECT_EQ(full.database, 3);

  const BackendAddress least = parse_backend_url("redis://localhost");
  EXPECT_EQ(least.host, "localhost");
  EXPECT_EQ(least.port, 6379);
  EXPECT_EQ(least.password, "");

  EXPECT_EQ(parse_backend_url("redis://:secret@host").password, "secret");
  EXPECT_EQ(parse_backend_url("unix:/run/r.sock").unix_path, "/run/r.sock");
  EXPECT_EQ(parse_backend_url("unix:///run/r.sock").unix_path, "/run/r.sock");
}

TEST(LocalBackendAddress, KnowsHowToLogIn) {
  using Words = std::vector<std::string_view>;
  const BackendAddress named = parse_backend_url("redis://me:pass@host");
  EXPECT_EQ(named.login_command(), (Words{"AUTH", "me", "pass"}));
  const BackendAddress nameless = parse_backend_url("redis://:pass@host");
  EXPECT_EQ(nameless.login_command(), (Words{"AUTH", "pass"}));
  EXPECT_EQ(parse_backend_url("redis://host").login_command(), Words{});
}

TEST(LocalBackendAddress, RefusesWhatIsNone) {
  for (const char* url :
       {"",
        "host:6379",
        "rediss://host",
        "redis://",
        "redis://host:x",
        "redis://host:70000",
        "redis://host/x",
        "redis://user@host",
        "redis://[::1",
        "unix:relative"}) {
    EXPECT_THROW(parse_backend_url(url), std::invalid_argument) << url;
  }
}

TEST(LocalBackendAddress, NeverShowsThePassword) {
  EXPECT_EQ(parse_backend_url("redis://me:secret@host:1").display(), "host:1");
}

}  // namespace
}  // namespace upstash::local
