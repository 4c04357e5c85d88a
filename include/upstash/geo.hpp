// Positions on the earth: what the geo commands take and what they return.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <upstash/argument_list.hpp>
#include <upstash/detail/argument_writer.hpp>
#include <upstash/value.hpp>

namespace upstash {

/// A unit of length.
enum class GeoUnit : std::uint8_t {
  m,   ///< Metres.
  km,  ///< Kilometres.
  ft,  ///< Feet.
  mi,  ///< Miles.
};

/// A position, in degrees. What Redis returns is off by up to about half a metre from what was stored.
struct GeoPosition {
  double longitude = 0;  ///< East of Greenwich; negative to the west of it.
  double latitude = 0;   ///< North of the equator; negative to the south of it.
  friend bool operator==(const GeoPosition&, const GeoPosition&) = default;
};

/// One member that a search found, with what was asked for.
struct GeoResult {
  std::string member{};
  std::optional<double> distance{};    ///< From the search's origin, in the unit of its area. WITHDIST.
  std::optional<std::int64_t> hash{};  ///< The position as the 52 bits that are the member's score. WITHHASH.
  std::optional<GeoPosition> position{};  ///< WITHCOORD.
  friend bool operator==(const GeoResult&, const GeoResult&) = default;
};

/// A member to store with its position in degrees: `{13.36, 38.11, "Palermo"}`, longitude first. It looks at text and
/// does not own it.
class GeoMember {
 public:
  template <detail::Number Longitude, detail::Number Latitude>
  GeoMember(Longitude longitude, Latitude latitude, std::string_view member) noexcept
      : longitude_(longitude), latitude_(latitude), member_(member) {}

  /// Writes `longitude latitude member`.
  void write(detail::ArgumentWriter& writer) const {
    writer.add(longitude_);
    writer.add(latitude_);
    writer.add(member_);
  }

 private:
  Value longitude_;
  Value latitude_;
  std::string_view member_;
};

/// Members with positions: `{{13.36, 38.11, "Palermo"}, {15.09, 37.50, "Catania"}}`.
using GeoMemberList = ArgumentList<GeoMember>;

/// Where a search starts from, made by from_member() or from_position(). It looks at text and does not own it.
class GeoOrigin {
 public:
  /// Writes `FROMMEMBER member` or `FROMLONLAT longitude latitude`.
  void write(detail::ArgumentWriter& writer) const;

 private:
  friend GeoOrigin from_member(std::string_view member) noexcept;
  friend GeoOrigin from_position(double longitude, double latitude) noexcept;
  explicit GeoOrigin(std::string_view member) noexcept : is_member_(true), member_(member) {}
  explicit GeoOrigin(const GeoPosition& position) noexcept : is_member_(false), position_(position) {}

  bool is_member_;
  std::string_view member_{};
  GeoPosition position_{};
};

/// From where this member is; ServerError if the key has no such member. FROMMEMBER.
[[nodiscard]] inline GeoOrigin from_member(std::string_view member) noexcept { return GeoOrigin(member); }
/// From this position, in degrees. FROMLONLAT.
[[nodiscard]] inline GeoOrigin from_position(double longitude, double latitude) noexcept {
  return GeoOrigin(GeoPosition{longitude, latitude});
}

/// What a search covers around its origin, made by by_radius() or by_box().
class GeoArea {
 public:
  /// Writes `BYRADIUS radius unit` or `BYBOX width height unit`.
  void write(detail::ArgumentWriter& writer) const;

 private:
  friend GeoArea by_radius(double radius, GeoUnit unit) noexcept;
  friend GeoArea by_box(double width, double height, GeoUnit unit) noexcept;
  GeoArea(double extent, std::optional<double> height, GeoUnit unit) noexcept
      : extent_(extent), height_(height), unit_(unit) {}

  double extent_;  // the radius, or the width
  std::optional<double> height_;
  GeoUnit unit_;
};

/// A circle. BYRADIUS.
[[nodiscard]] inline GeoArea by_radius(double radius, GeoUnit unit) noexcept {
  return {radius, std::nullopt, unit};
}
/// A rectangle along the axes, with the origin in its middle. BYBOX, since 6.2.0.
[[nodiscard]] inline GeoArea by_box(double width, double height, GeoUnit unit) noexcept {
  return {width, height, unit};
}

}  // namespace upstash
