#include "curl_transfer.hpp"

#include <algorithm>
#include <cctype>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <upstash/error.hpp>

#include "ca_file.hpp"
#include "text_number.hpp"

namespace upstash::detail {

namespace {

/// Does the text begin with `prefix` (in lower case), in whatever case?
bool begins_with(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[i])) != prefix[i]) return false;
  }
  return true;
}

/// The value of a header line if it is the header `name` (in lower case).
std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':' || !begins_with(line, name)) return std::nullopt;
  std::string_view value = line.substr(name.size() + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value.remove_suffix(value.size() - std::min(value.find_last_not_of(" \t\r\n") + 1, value.size()));
  return value;
}

}  // namespace

void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl could not be initialised");
  });
}

void HeaderChain::add(const char* line) {
  if (size_ == nodes_.size()) throw Error("too many request headers");
  // libcurl only reads the line; its list type is older than const.
  nodes_[size_] = {const_cast<char*>(line), nullptr};
  if (size_ > 0) nodes_[size_ - 1].next = &nodes_[size_];
  ++size_;
}

template <class Setting>
void CurlTransfer::set(CURLoption option, Setting setting) {
  if (curl_easy_setopt(easy_.get(), option, setting) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
}

CurlTransfer::CurlTransfer(const CurlSettings& settings) : settings_(settings) {
  if (!easy_) throw std::bad_alloc();
  set(CURLOPT_POST, 1L);
  set(CURLOPT_NOSIGNAL, 1L);  // no SIGALRM for name look-ups; SIGPIPE is SigpipeBlock's task
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_BUFFERSIZE, 65536L);
  // So that a stream on which nothing comes notices when its peer has gone.
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_TCP_KEEPIDLE, 30L);
  set(CURLOPT_TCP_KEEPINTVL, 15L);
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_connected);
  set(CURLOPT_PREREQDATA, this);
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  if (!settings.proxy.empty()) set(CURLOPT_PROXY, settings.proxy.c_str());
  if (settings.tls) {
    if (const std::string file = ca_file(settings.ca_file); !file.empty()) set(CURLOPT_CAINFO, file.c_str());
  }
}

void CurlTransfer::allow_http2() {
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);
}

std::chrono::milliseconds CurlTransfer::prepare(const HttpRequest& request) {
  const auto now = std::chrono::steady_clock::now();
  if (now >= request.deadline) throw TimeoutError("the deadline passed", Outcome::not_executed);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(request.deadline - now);

  headers_.clear();
  headers_.add("Expect:");  // large bodies go at once, without waiting for "100 Continue"
  for (const std::string& line : request.headers) headers_.add(line.c_str());
  if (!request.sync_token.empty()) {
    sync_token_line_.assign("Upstash-Sync-Token: ").append(request.sync_token);
    headers_.add(sync_token_line_.c_str());
  }

  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_HTTPHEADER, headers_.first());
  set(CURLOPT_POSTFIELDS, request.body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  // Whether an event stream opens in time is for its maker to watch.
  set(CURLOPT_TIMEOUT_MS, sink_ == nullptr ? static_cast<long>(left.count()) : 0L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, settings_.connect_timeout).count()));
  error_.front() = '\0';
  response_ = {};
  times_sent_ = 0;
  deadline_ = request.deadline;
  stop_token_ = request.stop_token;
  may_resend_ = request.may_resend;
  withdrawn_ = false;
  is_stream_ = false;
  reply_too_large_ = false;
  out_of_memory_ = false;
  return left;
}

HttpResponse CurlTransfer::finish(CURLcode code) {
  if (code != CURLE_OK) throw_failure(code);
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

void CurlTransfer::throw_failure(CURLcode code) {
  const Outcome outcome = times_sent_ == 0 ? Outcome::not_executed : Outcome::unknown;
  if (out_of_memory_) throw std::bad_alloc();
  if (reply_too_large_) {
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    throw ProtocolError(
        "is longer than max_reply_bytes, " + std::to_string(settings_.max_reply_bytes),
        response_.body,
        static_cast<int>(status));
  }
  if (stop_token_.stop_requested()) throw CancelledError("a stop was requested", outcome);
  std::string reason = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
  if (code == CURLE_ABORTED_BY_CALLBACK) reason = "the server closed the connection without a reply";
  if (code == CURLE_OPERATION_TIMEDOUT && std::chrono::steady_clock::now() >= deadline_) {
    throw TimeoutError(reason, outcome);
  }
  throw TransportError(reason, outcome);
}

/// libcurl is about to send the request. It also calls this when it has found a reused connection closed and
/// wants to send the request once more by itself, which a request that must not be carried out twice forbids:
/// the first one may have arrived.
int CurlTransfer::on_connected(void* self, char*, char*, int, int) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  if (transfer->withdrawn_ && !transfer->sent()) return CURL_PREREQFUNC_ABORT;
  const bool first_time = transfer->times_sent_++ == 0;
  return first_time || transfer->may_resend_ ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t CurlTransfer::on_body(const char* data, std::size_t, std::size_t size, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  if (transfer->is_stream_) {
    switch (transfer->sink_->take({data, size})) {
      case StreamSink::Taken::all:
        return size;
      case StreamSink::Taken::later:
        return CURL_WRITEFUNC_PAUSE;
      case StreamSink::Taken::failed:
        return 0;
    }
  }
  std::string& body = transfer->response_.body;
  const std::size_t room = transfer->settings_.max_reply_bytes - body.size();
  try {
    body.append(data, std::min(size, room));
  } catch (const std::exception&) {  // which must not pass through libcurl
    transfer->out_of_memory_ = true;
    return 0;
  }
  transfer->reply_too_large_ = size > room;
  return transfer->reply_too_large_ ? 0 : size;
}

std::size_t CurlTransfer::on_header(const char* data, std::size_t, std::size_t size, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  const std::string_view line(data, size);
  if (const auto token = header_value(line, "upstash-sync-token")) {
    transfer->response_.sync_token = *token;
  } else if (const auto length = header_value(line, "content-length")) {
    const auto bytes = text_to_number<std::size_t>(*length);
    // One byte more: the parser wants a NUL behind the text without growing the string.
    if (bytes && *bytes <= transfer->settings_.max_reply_bytes) transfer->make_room(*bytes + 1);
  } else if (const auto type = header_value(line, "content-type"); type && transfer->sink_ != nullptr) {
    long status = 0;
    curl_easy_getinfo(transfer->easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer->is_stream_ = status == 200 && begins_with(*type, "text/event-stream");
  }
  return size;
}

void CurlTransfer::make_room(std::size_t bytes) noexcept {
  try {
    response_.body.reserve(bytes);
  } catch (const std::exception&) {
    // It was only announced: should so much come indeed, then it fails.
  }
}

}  // namespace upstash::detail
