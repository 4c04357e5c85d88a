#include "http_reply.hpp"

#include <event2/buffer.h>
#include <event2/keyvalq_struct.h>

#include <charconv>
#include <memory>

#include "reply_writer.hpp"

namespace upstash::local {
namespace {

// Bigger bodies are handed over instead of copied.
constexpr std::size_t worth_handing_over = 16 * 1024;

const char* reason_for(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 405:
      return "Method Not Allowed";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

void delete_string(const void*, std::size_t, void* text) { delete static_cast<std::string*>(text); }

void add_body(evbuffer* out, std::string body) {
  if (body.size() < worth_handing_over) {
    evbuffer_add(out, body.data(), body.size());
    return;
  }
  auto kept = std::make_unique<std::string>(std::move(body));
  if (evbuffer_add_reference(out, kept->data(), kept->size(), &delete_string, kept.get()) == 0) {
    static_cast<void>(kept.release());
  }
}

// A GET's body is not read, so what follows on the connection would be taken for the next request.
bool has_unread_body(evhttp_request* http) {
  switch (evhttp_request_get_command(http)) {
    case EVHTTP_REQ_POST:
    case EVHTTP_REQ_PUT:
    case EVHTTP_REQ_PATCH:
      return false;
    default:
      break;
  }
  const evkeyvalq* headers = evhttp_request_get_input_headers(http);
  const char* length = evhttp_find_header(headers, "Content-Length");
  return (length != nullptr && std::string_view(length) != "0") ||
         evhttp_find_header(headers, "Transfer-Encoding") != nullptr;
}

bool is_head(evhttp_request* http) { return evhttp_request_get_command(http) == EVHTTP_REQ_HEAD; }

}  // namespace

void send_reply(
    evhttp_request* http, int status, ContentType type, std::string body, const std::string& sync_token) {
  evkeyvalq* headers = evhttp_request_get_output_headers(http);
  evhttp_add_header(
      headers, "Content-Type", type == ContentType::json ? "application/json" : "application/octet-stream");
  char length[24];
  *std::to_chars(std::begin(length), std::end(length), body.size()).ptr = '\0';
  evhttp_add_header(headers, "Content-Length", length);
  if (!sync_token.empty()) evhttp_add_header(headers, "Upstash-Sync-Token", sync_token.c_str());
  if (status == 405) evhttp_add_header(headers, "Allow", "HEAD, GET, POST, PUT");
  if (has_unread_body(http)) evhttp_add_header(headers, "Connection", "close");
  if (!is_head(http)) {
    add_body(evhttp_request_get_output_buffer(http), std::move(body));
  }
  evhttp_send_reply(http, status, reason_for(status), nullptr);
}

void send_error(evhttp_request* http, int status, std::string_view text, const std::string& sync_token) {
  std::string body;
  append_error(body, text, ReplyFormat::json);
  send_reply(http, status, ContentType::json, std::move(body), sync_token);
}

void send_unavailable(evhttp_request* http, const std::string& problem) {
  send_error(http, 503, "ERR the backend is not available: " + problem);
}

void start_event_stream(evhttp_request* http, const std::string& sync_token) {
  evkeyvalq* headers = evhttp_request_get_output_headers(http);
  evhttp_add_header(headers, "Content-Type", "text/event-stream");
  evhttp_add_header(headers, "Cache-Control", "no-cache");
  evhttp_add_header(headers, "Upstash-Sync-Token", sync_token.c_str());
  if (is_head(http)) {
    if (has_unread_body(http)) evhttp_add_header(headers, "Connection", "close");
    evhttp_send_reply(http, 200, reason_for(200), nullptr);
    return;
  }
  // An HTTP/1.0 client that wants to keep the connection would be told that there is no content.
  evhttp_remove_header(evhttp_request_get_input_headers(http), "Connection");
  evhttp_add_header(headers, "Connection", "close");
  evhttp_send_reply_start(http, 200, reason_for(200));
}

}  // namespace upstash::local
