#include "curl_transport.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <upstash/error.hpp>

#include "ca_file.hpp"
#include "sigpipe.hpp"
#include "text_number.hpp"

namespace upstash::detail {

namespace {

/// libcurl is initialised once and never undone: other users of it in the program may still be at work.
void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl could not be initialised");
  });
}

/// The value of a header line if it is the header `name` (in lower case).
std::optional<std::string_view> header_value(std::string_view line, std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != name[i]) return std::nullopt;
  }
  std::string_view value = line.substr(name.size() + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value.remove_suffix(value.size() - std::min(value.find_last_not_of(" \t\r\n") + 1, value.size()));
  return value;
}

/// A chain of header lines for libcurl that owns nothing.
class HeaderChain {
 public:
  void add(const char* line) {
    if (size_ == nodes_.size()) throw Error("too many request headers");
    // libcurl only reads the line; its list type is older than const.
    nodes_[size_] = {const_cast<char*>(line), nullptr};
    if (size_ > 0) nodes_[size_ - 1].next = &nodes_[size_];
    ++size_;
  }
  [[nodiscard]] curl_slist* first() noexcept { return nodes_.data(); }

 private:
  std::array<curl_slist, 16> nodes_{};
  std::size_t size_ = 0;
};

}  // namespace

/// One easy handle with a multi handle of its own, whose connection cache keeps the connection alive.
class CurlConnection {
 public:
  explicit CurlConnection(const CurlSettings& settings) : settings_(settings) {
    if (!multi_ || !easy_) throw std::bad_alloc();
    set(CURLOPT_POST, 1L);
    set(CURLOPT_NOSIGNAL, 1L);  // no SIGALRM for name look-ups; SIGPIPE is SigpipeBlock's task
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_BUFFERSIZE, 65536L);
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_WRITEFUNCTION, &CurlConnection::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &CurlConnection::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_PREREQFUNCTION, &CurlConnection::on_connected);
    set(CURLOPT_PREREQDATA, this);
#if LIBCURL_VERSION_NUM >= 0x075500
    set(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    if (!settings.proxy.empty()) set(CURLOPT_PROXY, settings.proxy.c_str());
    if (settings.tls) {
      if (const std::string file = ca_file(settings.ca_file); !file.empty())
        set(CURLOPT_CAINFO, file.c_str());
    }
  }
  CurlConnection(const CurlConnection&) = delete;
  CurlConnection& operator=(const CurlConnection&) = delete;
  ~CurlConnection() = default;

  /// After this has thrown, the connection is not to be used again.
  HttpResponse send(const HttpRequest& request) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= request.deadline) throw TimeoutError("the deadline passed", Outcome::not_executed);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(request.deadline - now);

    HeaderChain headers;
    headers.add("Expect:");  // large bodies go at once, without waiting for "100 Continue"
    for (const std::string& line : request.headers) headers.add(line.c_str());
    if (!request.sync_token.empty()) {
      sync_token_line_.assign("Upstash-Sync-Token: ").append(request.sync_token);
      headers.add(sync_token_line_.c_str());
    }

    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_HTTPHEADER, headers.first());
    set(CURLOPT_POSTFIELDS, request.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, settings_.connect_timeout).count()));
    error_.front() = '\0';
    response_ = {};
    times_sent_ = 0;
    may_resend_ = request.may_resend;
    reply_too_large_ = false;
    out_of_memory_ = false;

    const CURLcode code = perform(request.stop_token, left);
    if (code != CURLE_OK) throw_failure(code, request);
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }

 private:
  template <class Setting>
  void set(CURLoption option, Setting setting) {
    if (curl_easy_setopt(easy_.get(), option, setting) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
  }

  CURLcode perform(const std::stop_token& stop_token, std::chrono::milliseconds limit) {
    // The easy handle must leave the multi handle again whatever happens in between.
    struct Membership {
      Membership(CURLM* m, CURL* e) : multi(m), easy(e) { curl_multi_add_handle(multi, easy); }
      Membership(const Membership&) = delete;
      Membership& operator=(const Membership&) = delete;
      ~Membership() { curl_multi_remove_handle(multi, easy); }
      CURLM* multi;
      CURL* easy;
    };
    const Membership membership(multi_.get(), easy_.get());
    const std::stop_callback wake(stop_token, [this] { curl_multi_wakeup(multi_.get()); });
    const int longest_wait = static_cast<int>(std::min<std::int64_t>(limit.count(), 60'000));
    while (true) {
      int running = 0;
      if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return CURLE_FAILED_INIT;
      if (running == 0) break;
      if (stop_token.stop_requested()) return CURLE_ABORTED_BY_CALLBACK;
      if (curl_multi_poll(multi_.get(), nullptr, 0, longest_wait, nullptr) != CURLM_OK)
        return CURLE_FAILED_INIT;
    }
    int left = 0;
    const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left);
    return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
  }

  [[noreturn]] void throw_failure(CURLcode code, const HttpRequest& request) {
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
    if (request.stop_token.stop_requested()) throw CancelledError("a stop was requested", outcome);
    std::string reason = error_.front() != '\0' ? error_.data() : curl_easy_strerror(code);
    if (code == CURLE_ABORTED_BY_CALLBACK) reason = "the server closed the connection without a reply";
    if (code == CURLE_OPERATION_TIMEDOUT && std::chrono::steady_clock::now() >= request.deadline) {
      throw TimeoutError(reason, outcome);
    }
    throw TransportError(reason, outcome);
  }

  /// libcurl is about to send the request. It also calls this when it has found a reused connection closed and
  /// wants to send the request once more by itself, which a request that must not be carried out twice forbids:
  /// the first one may have arrived.
  static int on_connected(void* self, char*, char*, int, int) {
    auto* const connection = static_cast<CurlConnection*>(self);
    const bool first_time = connection->times_sent_++ == 0;
    return first_time || connection->may_resend_ ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
  }

  static std::size_t on_body(const char* data, std::size_t, std::size_t size, void* self) {
    auto* const connection = static_cast<CurlConnection*>(self);
    std::string& body = connection->response_.body;
    const std::size_t room = connection->settings_.max_reply_bytes - body.size();
    try {
      body.append(data, std::min(size, room));
    } catch (const std::exception&) {  // which must not pass through libcurl
      connection->out_of_memory_ = true;
      return 0;
    }
    connection->reply_too_large_ = size > room;
    return connection->reply_too_large_ ? 0 : size;
  }

  static std::size_t on_header(const char* data, std::size_t, std::size_t size, void* self) {
    auto* const connection = static_cast<CurlConnection*>(self);
    const std::string_view line(data, size);
    if (const auto token = header_value(line, "upstash-sync-token")) {
      connection->response_.sync_token = *token;
    } else if (const auto length = header_value(line, "content-length")) {
      const auto bytes = text_to_number<std::size_t>(*length);
      // One byte more: the parser wants a NUL behind the text without growing the string.
      if (bytes && *bytes <= connection->settings_.max_reply_bytes) connection->make_room(*bytes + 1);
    }
    return size;
  }

  void make_room(std::size_t bytes) noexcept {
    try {
      response_.body.reserve(bytes);
    } catch (const std::exception&) {
      // It was only announced: should so much come indeed, then it fails.
    }
  }

  struct EasyCleanup {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  struct MultiCleanup {
    void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
  };

  const CurlSettings& settings_;
  std::unique_ptr<CURLM, MultiCleanup> multi_{curl_multi_init()};
  std::unique_ptr<CURL, EasyCleanup> easy_{curl_easy_init()};
  std::array<char, CURL_ERROR_SIZE> error_{};
  std::string sync_token_line_;
  HttpResponse response_;
  int times_sent_ = 0;
  bool may_resend_ = false;
  bool reply_too_large_ = false;
  bool out_of_memory_ = false;
};

// A child of fork() makes connections of its own.
CurlTransport::Pool CurlTransport::Pool::in_child(Pool*) { return {}; }

CurlTransport::CurlTransport(CurlSettings settings) : settings_(std::move(settings)) { initialise_curl(); }

CurlTransport::~CurlTransport() = default;

HttpResponse CurlTransport::send(const HttpRequest& request) {
  std::unique_ptr<CurlConnection> connection = acquire();
  // Only TLS writes to the socket in a way that can raise SIGPIPE.
  std::optional<SigpipeBlock> block;
  if (settings_.tls) block.emplace();
  HttpResponse response = connection->send(request);
  release(std::move(connection));
  return response;
}

std::unique_ptr<CurlConnection> CurlTransport::acquire() {
  auto idle = pool_.with([](Pool& pool) -> std::unique_ptr<CurlConnection> {
    if (pool.idle.empty()) return nullptr;
    auto connection = std::move(pool.idle.back());
    pool.idle.pop_back();
    return connection;
  });
  return idle ? std::move(idle) : std::make_unique<CurlConnection>(settings_);
}

void CurlTransport::release(std::unique_ptr<CurlConnection> connection) {
  pool_.with([&](Pool& pool) {
    if (pool.idle.size() < settings_.max_idle_connections) pool.idle.push_back(std::move(connection));
  });
}

}  // namespace upstash::detail
