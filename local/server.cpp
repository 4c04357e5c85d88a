#include "server.hpp"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/keyvalq_struct.h>
#include <strings.h>

#include <cstdint>
#include <exception>
#include <limits>
#include <string_view>
#include <utility>

#include "bad_request.hpp"
#include "http_reply.hpp"

namespace upstash::local {
namespace {

// All that libevent knows: those that the API lacks get our 405 rather than libevent's page.
constexpr std::uint16_t methods = EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT |
                                  EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE |
                                  EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH;

// A body beyond the limit by no more than this is read and answered with an API error, beyond that libevent
// ends the connection.
constexpr std::size_t readable_excess = std::size_t{1} << 30;

std::string_view header(evhttp_request* http, const char* name) {
  const char* value = evhttp_find_header(evhttp_request_get_input_headers(http), name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// Takes as long for a near miss as for a far one.
bool same_secret(std::string_view given, std::string_view wanted) {
  if (given.size() != wanted.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |=
        static_cast<unsigned char>(given[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(wanted[i]));
  }
  return difference == 0;
}

std::optional<std::string> given_token(evhttp_request* http, std::string_view query) {
  constexpr std::string_view scheme = "Bearer ";
  std::string_view authorization = header(http, "Authorization");
  if (equals_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
    authorization.remove_prefix(scheme.size());
    authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
    if (!authorization.empty()) return std::string(authorization);
  }
  return query_token(query);
}

ReplyFormat wanted_format(evhttp_request* http) {
  const bool base64 = equals_ignoring_case(header(http, "Upstash-Encoding"), "base64");
  const bool resp2 = equals_ignoring_case(header(http, "Upstash-Response-Format"), "resp2");
  if (base64 && resp2) {
    throw BadRequest("ERR Upstash-Encoding: base64 and Upstash-Response-Format: resp2 exclude each other");
  }
  if (resp2) return ReplyFormat::resp2;
  return base64 ? ReplyFormat::json_base64 : ReplyFormat::json;
}

// In one piece, ended by a NUL, as the parser wants it.
Body body_of(evhttp_request* http) {
  evbuffer* buffer = evhttp_request_get_input_buffer(http);
  const std::size_t size = evbuffer_get_length(buffer);
  if (size == 0) return {};
  if (evbuffer_add(buffer, "", 1) != 0) throw std::bad_alloc();
  auto* text = reinterpret_cast<char*>(evbuffer_pullup(buffer, -1));
  if (text == nullptr) throw std::bad_alloc();
  return {text, size};
}

bufferevent* make_client_buffers(event_base* base, void*) {
  bufferevent* buffers = bufferevent_socket_new(base, -1, 0);
  if (buffers == nullptr) return nullptr;
  // libevent's own limit of 16 KiB a time makes hundreds of rounds out of a big value.
  constexpr std::size_t at_a_time = 1024 * 1024;
  bufferevent_set_max_single_read(buffers, at_a_time);
  bufferevent_set_max_single_write(buffers, at_a_time);
  return buffers;
}

}  // namespace

Server::Server(event_base* base, ServerSettings settings, Backend& backend, const Policy& policy)
    : base_(base),
      settings_(std::move(settings)),
      environment_{backend, policy, clock_},
      http_(own(evhttp_new(base))) {
  evhttp_set_allowed_methods(http_.get(), methods);
  evhttp_set_gencb(http_.get(), &Server::on_request, this);
  evhttp_set_bevcb(http_.get(), &make_client_buffers, nullptr);
  evhttp_set_timeout(http_.get(), static_cast<int>(settings_.idle_timeout.count()));
  evhttp_set_max_body_size(
      http_.get(), static_cast<ev_ssize_t>(settings_.max_request_bytes + readable_excess));
  // A command in the path is a header line too.
  constexpr std::size_t other_headers = 64 * 1024;
  evhttp_set_max_headers_size(
      http_.get(), static_cast<ev_ssize_t>(settings_.max_request_bytes + other_headers));
}

void Server::accept_from(FileDescriptor listener) {
  if (evhttp_accept_socket_with_handle(http_.get(), listener.get()) == nullptr) throw std::bad_alloc();
  static_cast<void>(listener.release());
}

void Server::on_request(evhttp_request* http, void* server) {
  Server& self = *static_cast<Server*>(server);
  try {
    self.handle(http);
  } catch (const BadRequest& problem) {
    send_error(http, 400, problem.what(), self.clock_.token());
  } catch (const std::exception& problem) {
    send_error(http, 500, std::string("ERR internal error: ") + problem.what());
  }
}

void Server::handle(evhttp_request* http) {
  const evhttp_cmd_type method = evhttp_request_get_command(http);
  const bool may_have_body = method == EVHTTP_REQ_POST || method == EVHTTP_REQ_PUT;
  if (!may_have_body && method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
    send_error(http, 405, "ERR method not allowed; use HEAD, GET, POST or PUT");
    return;
  }
  const Target target = split_target(evhttp_request_get_uri(http));
  const std::optional<std::string> token = given_token(http, target.query);
  if (!token) {
    send_error(http, 401, "Unauthorized");
    return;
  }
  const std::optional<Access> access = access_for(*token);
  if (!access) {
    send_error(http, 401, "WRONGPASS invalid or missing auth token");
    return;
  }
  const std::size_t size = evbuffer_get_length(evhttp_request_get_input_buffer(http));
  if (size > settings_.max_request_bytes) {
    throw BadRequest(
        "ERR max request size exceeded. Limit: " + std::to_string(settings_.max_request_bytes) +
        " bytes, Actual: " + std::to_string(size) + " bytes");
  }
  const ReplyFormat format = wanted_format(http);
  Request request = decode_request(target, may_have_body, body_of(http));
  const bool is_stream = request.endpoint == Endpoint::event_stream;
  if (format == ReplyFormat::resp2 && (is_stream || request.endpoint == Endpoint::transaction)) {
    throw BadRequest(
        std::string("ERR Upstash-Response-Format: resp2 is not supported for ") +
        (is_stream ? "event streams" : "/multi-exec"));
  }
  AcceptedRequest accepted{http, std::move(request), *access, format};
  if (is_stream) {
    start_stream(accepted);
  } else {
    start_exchange(std::move(accepted));
  }
}

std::optional<Access> Server::access_for(std::string_view token) const {
  if (same_secret(token, settings_.token)) return Access::full;
  if (!settings_.read_only_token.empty() && same_secret(token, settings_.read_only_token))
    return Access::read_only;
  return std::nullopt;
}

void Server::start_exchange(AcceptedRequest accepted) {
  const auto place = exchanges_.insert(exchanges_.end(), Exchange::make(environment_, std::move(accepted)));
  (*place)->start([this, place] { exchanges_.erase(place); });
}

void Server::start_stream(const AcceptedRequest& accepted) {
  const Arguments command = accepted.request.commands[0];
  if (const std::optional<std::string> refused =
          environment_.policy.access_refusal(command, accepted.access)) {
    throw BadRequest(*refused);
  }
  const Backend& backend = environment_.backend;
  if (!backend.is_ready()) {
    send_unavailable(accepted.http, backend.problem());
    return;
  }
  if (evhttp_request_get_command(accepted.http) == EVHTTP_REQ_HEAD) {
    start_event_stream(accepted.http, clock_.token());
    return;
  }
  const StreamSettings stream_settings{
      settings_.max_unread_bytes, settings_.keep_alive, settings_.idle_timeout};
  const auto place = streams_.insert(
      streams_.end(),
      std::make_unique<EventStream>(
          base_, stream_settings, clock_, backend.address(), command, accepted.http));
  (*place)->when_done([this, place] { streams_.erase(place); });
}

}  // namespace upstash::local
