#include "bare_client.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace upstash::bench {

namespace {

constexpr std::string_view get_command = R"(["GET","key"])";

void check(CURLcode code) {
  if (code != CURLE_OK) throw std::runtime_error(std::string("the bare loop: ") + curl_easy_strerror(code));
}

}  // namespace

BareRequest bare_get() { return {"/", std::string(get_command)}; }

BareRequest bare_pipeline(std::int64_t commands) {
  std::string body;
  for (std::int64_t i = 0; i < commands; ++i) body.append(i == 0 ? "[" : ",").append(get_command);
  return {"/pipeline", body + "]"};
}

BareEasy::BareEasy(const std::string& base_url, BareRequest request)
    : curl_(curl_easy_init()), body_(std::move(request.body)) {
  for (const char* const header :
       {"Authorization: Bearer token",
        "Content-Type: application/json",
        "Upstash-Encoding: base64",
        "Expect:"}) {
    headers_ = curl_slist_append(headers_, header);
  }
  curl_easy_setopt(curl_, CURLOPT_URL, (base_url + request.path).c_str());
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(curl_, CURLOPT_BUFFERSIZE, 65536L);  // as the library: large values come in fewer pieces
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body_.data());
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(body_.size()));
  curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &reply_);
  curl_easy_setopt(
      curl_, CURLOPT_WRITEFUNCTION, +[](const char* data, std::size_t, std::size_t size, void* reply) {
        static_cast<std::string*>(reply)->append(data, size);
        return size;
      });
}

BareEasy::~BareEasy() {
  curl_easy_cleanup(curl_);
  curl_slist_free_all(headers_);
}

void BareEasy::perform() {
  clear();
  check(curl_easy_perform(curl_));
}

BareMulti::BareMulti(
    const std::string& base_url, const BareRequest& request, std::int64_t in_flight, long connections)
    : multi_(curl_multi_init()) {
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, connections);
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  for (std::int64_t i = 0; i < in_flight; ++i) {
    transfers_.push_back(std::make_unique<BareEasy>(base_url, request));
    curl_easy_setopt(transfers_.back()->handle(), CURLOPT_PRIVATE, transfers_.back().get());
  }
}

BareMulti::~BareMulti() {
  transfers_.clear();
  curl_multi_cleanup(multi_);
}

void BareMulti::start(CURL* handle) {
  char* transfer = nullptr;
  curl_easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
  reinterpret_cast<BareEasy*>(transfer)->clear();
  curl_multi_add_handle(multi_, handle);
}

void BareMulti::perform(std::int64_t requests) {
  std::int64_t waiting = requests;
  for (const auto& transfer : transfers_) {
    if (waiting-- > 0) start(transfer->handle());
  }
  for (std::int64_t finished = 0; finished < requests;) {
    int running = 0;
    curl_multi_perform(multi_, &running);
    int left = 0;
    const std::int64_t before = finished;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      CURL* const handle = message->easy_handle;
      check(message->data.result);
      curl_multi_remove_handle(multi_, handle);
      ++finished;
      if (waiting-- > 0) start(handle);
    }
    if (finished == before) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
  }
}

}  // namespace upstash::bench
