// The same reply to each command, however many of them come together.
#pragma once

#include <cstddef>
#include <string>

#include "scripted_server.hpp"

namespace upstash::test {

/// {"result":…} for one command, a list of them for a pipeline, whose commands must not hold "],[" themselves.
inline Action answer_each(const std::string& result_json) {
  return respond([one = "{\"result\":" + result_json + "}"](const RecordedRequest& request) {
    if (request.target == "/") return answer(200, one);
    std::string replies = "[" + one;
    const std::string separator = "],[";
    for (std::size_t at = request.body.find(separator); at != std::string::npos;
         at = request.body.find(separator, at + 1)) {
      replies += "," + one;
    }
    return answer(200, replies + "]");
  });
}

}  // namespace upstash::test
