// What INFO reports, as a map.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

namespace upstash {

/// The fields of INFO's report by their names, whatever their sections:
/// `parse_info(redis.info()).at("redis_version")`. Of a name that occurs several times, such as `module`, it has the
/// first. Lines that are no `name:value` are left out.
[[nodiscard]] std::unordered_map<std::string, std::string> parse_info(std::string_view report);

}  // namespace upstash
