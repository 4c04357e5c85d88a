#include <upstash/geo.hpp>

#include "geo_unit.hpp"

namespace upstash {

using namespace std::string_view_literals;

std::string_view token(GeoUnit unit) {
  switch (unit) {
    case GeoUnit::m:
      return "M";
    case GeoUnit::km:
      return "KM";
    case GeoUnit::ft:
      return "FT";
    case GeoUnit::mi:
      return "MI";
  }
  return {};
}

void GeoOrigin::write(detail::ArgumentWriter& writer) const {
  if (is_member_) {
    writer.add("FROMMEMBER"sv);
    writer.add(member_);
  } else {
    writer.add("FROMLONLAT"sv);
    writer.add(Value(position_.longitude));
    writer.add(Value(position_.latitude));
  }
}

void GeoArea::write(detail::ArgumentWriter& writer) const {
  writer.add(height_ ? "BYBOX"sv : "BYRADIUS"sv);
  writer.add(Value(extent_));
  if (height_) writer.add(Value(*height_));
  writer.add(token(unit_));
}

}  // namespace upstash
