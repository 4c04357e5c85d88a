#pragma once

#include <hiredis.h>

#include <string>

namespace upstash::local {

// Appends what a subscription or MONITOR brought as one server-sent event: `data: message,chat,hello` and a blank
// line. Bytes stay as they are, but for a line feed, which begins another `data: ` line.
void append_event(std::string& out, const redisReply& reply);

}  // namespace upstash::local
