#pragma once

#include <hiredis.h>

#include <string>
#include <string_view>

namespace upstash::local {

enum class ReplyFormat { json, json_base64, resp2 };

// A reply's value: JSON (strings in base64 if the format says so) or RESP2.
void append_value(std::string& out, const redisReply& reply, ReplyFormat format);

// A whole result, as it stands in a reply body: {"result":…}, or just the value in RESP2.
void append_result(std::string& out, const redisReply& reply, ReplyFormat format);

// {"error":…} or -ERR …; the text is never in base64.
void append_error(std::string& out, std::string_view text, ReplyFormat format);

// Quoted and escaped; bytes that are not UTF-8 become U+FFFD, one for each maximal part of a sequence.
void append_json_string(std::string& out, std::string_view bytes);

}  // namespace upstash::local
