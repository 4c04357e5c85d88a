#pragma once

#include <event2/http.h>

#include <string>
#include <string_view>

namespace upstash::local {

enum class ContentType { json, octet_stream };

// Answers and, with that, gives up the request. `sync_token` may be empty.
void send_reply(
    evhttp_request* http, int status, ContentType type, std::string body, const std::string& sync_token = {});

// {"error":text}
void send_error(evhttp_request* http, int status, std::string_view text, const std::string& sync_token = {});

// The reply to a request that finds no backend.
void send_unavailable(evhttp_request* http, const std::string& problem);

// The head of a reply that goes on for as long as its connection; to a HEAD, all of it.
void start_event_stream(evhttp_request* http, const std::string& sync_token);

}  // namespace upstash::local
