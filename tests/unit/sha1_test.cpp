#include "sha1.hpp"

#include <gtest/gtest.h>

#include <string>

namespace upstash::test {
namespace {

using namespace std::string_literals;

// The expected values are those of redis.sha1hex().
TEST(Sha1, IsWhatTheServerComputes) {
  EXPECT_EQ(detail::sha1(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(detail::sha1("return 1"), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
  EXPECT_EQ(detail::sha1("a\0\xff"s), "afdda83d63fa1a141271f2b89f2d1a822d317c0c");
  EXPECT_EQ(detail::sha1(std::string(1000, 'x')), "c3efa690fa3fdd2e2526853eed670538ea127638");
}

}  // namespace
}  // namespace upstash::test
