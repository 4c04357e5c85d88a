#include <upstash/stream_trim.hpp>

namespace upstash::detail {

void StreamThreshold::write(ArgumentWriter& writer) const {
  using namespace std::string_view_literals;
  if (approximate_) writer.add("~"sv);
  writer.add(threshold_);
  if (limit_) {
    writer.add("LIMIT"sv);
    writer.add(Value(*limit_));
  }
}

}  // namespace upstash::detail
