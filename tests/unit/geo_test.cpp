// The arguments of the geo commands.
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

#include <upstash/geo.hpp>

#include "geo_unit.hpp"
#include "written.hpp"

namespace upstash::test {
namespace {

// As the methods take them.
std::string geoadd(const GeoMemberList& members) { return std::to_string(members.size()) + written(members); }
std::string geosearch(const GeoOrigin& origin, const GeoArea& area) {
  return written(origin) + written(area);
}

TEST(GeoArguments, MembersWithPositions) {
  EXPECT_EQ(geoadd({{13.36, 38.11, "Palermo"}}), R"(1["13.36","38.11","Palermo"])");
  EXPECT_EQ(
      geoadd({{13.36, 38.11, "Palermo"}, {15, -37.5F, std::string("Catania")}}),
      R"(2["13.36","38.11","Palermo","15","-37.5","Catania"])");
  int longitude = 13;
  EXPECT_EQ(geoadd({{longitude, std::size_t{38}, "Palermo"}}), R"(1["13","38","Palermo"])");
  EXPECT_EQ(geoadd(std::vector<GeoMember>{{13.36, 38.11, "Palermo"}}), R"(1["13.36","38.11","Palermo"])");
  EXPECT_EQ(geoadd(GeoMember(0.1, -0.2, "a")), R"(1["0.1","-0.2","a"])");
  EXPECT_EQ(geoadd({}), "0[]");
  static_assert(!std::is_constructible_v<GeoMember, const char*, double, double>);
}

TEST(GeoArguments, OriginsAndAreas) {
  EXPECT_EQ(
      geosearch(from_member("Palermo"), by_radius(200, GeoUnit::km)),
      R"(["FROMMEMBER","Palermo"]["BYRADIUS","200","km"])");
  EXPECT_EQ(
      geosearch(from_position(15, -37.5), by_box(400, 0.5, GeoUnit::mi)),
      R"(["FROMLONLAT","15","-37.5"]["BYBOX","400","0.5","mi"])");
  EXPECT_EQ(
      geosearch(from_member(""), by_box(0, 0, GeoUnit::m)), R"(["FROMMEMBER",""]["BYBOX","0","0","m"])");
}

TEST(GeoArguments, Units) {
  EXPECT_EQ(token(GeoUnit::m), "m");
  EXPECT_EQ(token(GeoUnit::km), "km");
  EXPECT_EQ(token(GeoUnit::ft), "ft");
  EXPECT_EQ(token(GeoUnit::mi), "mi");
}

}  // namespace
}  // namespace upstash::test
