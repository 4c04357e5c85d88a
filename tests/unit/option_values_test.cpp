// The small types that options take: thresholds for streams, limits.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <upstash/limit.hpp>
#include <upstash/stream_trim.hpp>

#include "written.hpp"

namespace upstash::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// As the overloads and options of XTRIM, XADD and ZRANGE.
std::string xtrim(const StreamMaxlen& threshold) { return "MAXLEN" + written(threshold); }
std::string xtrim(const StreamMinid& threshold) { return "MINID" + written(threshold); }
struct Options {
  std::optional<StreamMaxlen> maxlen{};
  std::optional<StreamMinid> minid{};
  std::optional<Limit> limit{};
};
std::string with(const Options& options) {
  if (options.maxlen) return written(*options.maxlen);
  if (options.minid) return written(*options.minid);
  return options.limit ? written(*options.limit) : "nothing";
}

TEST(StreamThresholds, AreExactWhenTheyAreJustWritten) {
  EXPECT_EQ(xtrim(1000), R"(MAXLEN["1000"])");
  EXPECT_EQ(xtrim(0), R"(MAXLEN["0"])");
  EXPECT_EQ(xtrim(0L), R"(MAXLEN["0"])");
  EXPECT_EQ(xtrim(std::size_t{7}), R"(MAXLEN["7"])");
  EXPECT_EQ(xtrim("0-1"), R"(MINID["0-1"])");
  EXPECT_EQ(xtrim("1700000000000"s), R"(MINID["1700000000000"])");
  EXPECT_EQ(xtrim("0"sv), R"(MINID["0"])");
}

TEST(StreamThresholds, AreApproximateOnlyWhenAskedFor) {
  EXPECT_EQ(xtrim(StreamMaxlen::approximately(1000)), R"(MAXLEN["~","1000"])");
  EXPECT_EQ(xtrim(StreamMaxlen::approximately(0, 10)), R"(MAXLEN["~","0","LIMIT","10"])");
  EXPECT_EQ(xtrim(StreamMaxlen::approximately(1000, 0)), R"(MAXLEN["~","1000","LIMIT","0"])");
  EXPECT_EQ(xtrim(StreamMinid::approximately("5-0")), R"(MINID["~","5-0"])");
  EXPECT_EQ(xtrim(StreamMinid::approximately("5-0"s, 10)), R"(MINID["~","5-0","LIMIT","10"])");
}

TEST(StreamThresholds, AreOptions) {
  EXPECT_EQ(with({.maxlen = 1000}), R"(["1000"])");
  EXPECT_EQ(with({.maxlen = 0}), R"(["0"])");
  EXPECT_EQ(with({.maxlen = StreamMaxlen::approximately(1000, 10)}), R"(["~","1000","LIMIT","10"])");
  EXPECT_EQ(with({.minid = "0-1"}), R"(["0-1"])");
  EXPECT_EQ(with({}), "nothing");
}

TEST(StreamThresholds, RefuseWhatIsNeitherLengthNorId) {
  static_assert(!std::is_convertible_v<double, StreamMaxlen>);
  static_assert(!std::is_convertible_v<bool, StreamMaxlen>);
  static_assert(!std::is_convertible_v<const char*, StreamMaxlen>);
  static_assert(!std::is_convertible_v<int, StreamMinid>);
  static_assert(!std::is_convertible_v<std::nullptr_t, StreamMinid>);
}

TEST(Limits, AreWrittenInBraces) {
  EXPECT_EQ(with({.limit = {{0, 10}}}), R"(["0","10"])");
  EXPECT_EQ(with({.limit = Limit{5, -1}}), R"(["5","-1"])");
  const int offset = 20;
  EXPECT_EQ(with({.limit = {{offset, 10}}}), R"(["20","10"])");
  EXPECT_EQ(with({.limit = {{.offset = 1, .count = 2}}}), R"(["1","2"])");
}

}  // namespace
}  // namespace upstash::test
