// The words that stand for units of length on the wire.
#pragma once

#include <string_view>

#include <upstash/geo.hpp>

namespace upstash {

[[nodiscard]] std::string_view token(GeoUnit unit);

}  // namespace upstash
