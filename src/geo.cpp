#include <upstash/geo.hpp>

#include "geo_unit.hpp"

namespace upstash {

using namespace std::string_view_literals;

std::string_view token(GeoUnit unit) {
  switch (unit) {
    case GeoUnit::m:
      return "m";
    case GeoUnit::km:
      return "km";
    case GeoUnit::ft:
      return "ft";
    case GeoUnit::mi:
      return "mi";
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
