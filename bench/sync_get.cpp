// GETs one at a time, with the library and with a bare libcurl loop that sends the same requests and parses nothing,
// against the same server, in turns. Prints both rates and their ratio.
#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <upstash/redis.hpp>

#include "canned_server.hpp"

namespace {

using Seconds = std::chrono::duration<double>;

template <class Work>
Seconds time_of(int count, Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < count; ++i) work();
  return std::chrono::steady_clock::now() - start;
}

/// What somebody would write by hand: one handle, one POST after the other.
class BareLoop {
 public:
  explicit BareLoop(const std::string& url) {
    headers_ = curl_slist_append(headers_, "Authorization: Bearer token");
    headers_ = curl_slist_append(headers_, "Upstash-Encoding: base64");
    curl_easy_setopt(curl_, CURLOPT_URL, (url + "/").c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(
        curl_, CURLOPT_WRITEFUNCTION, +[](const char* data, std::size_t, std::size_t size, void* body) {
          static_cast<std::string*>(body)->append(data, size);
          return size;
        });
  }
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;
  ~BareLoop() {
    curl_easy_cleanup(curl_);
    curl_slist_free_all(headers_);
  }

  void get() {
    static constexpr std::string_view command = R"(["GET","key"])";
    body_.clear();
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, command.data());
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE, static_cast<long>(command.size()));
    if (curl_easy_perform(curl_) != CURLE_OK) throw std::runtime_error("the bare loop failed");
  }

 private:
  CURL* curl_ = curl_easy_init();
  curl_slist* headers_ = nullptr;
  std::string body_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main() try {
  constexpr int rounds = 21;
  constexpr int count = 2000;
  const upstash::bench::CannedServer server(R"({"result":"aGVsbG8="})");
  upstash::Redis redis{{.url = server.url(), .token = "token"}};
  BareLoop bare(server.url());
  const auto get = [&] {
    if (redis.get("key") != "hello") throw std::runtime_error("a wrong reply");
  };
  time_of(count, get);
  time_of(count, [&] { bare.get(); });

  std::vector<double> library_rates;
  std::vector<double> bare_rates;
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    const Seconds library = time_of(count, get);
    const Seconds loop = time_of(count, [&] { bare.get(); });
    library_rates.push_back(count / library.count());
    bare_rates.push_back(count / loop.count());
    ratios.push_back(library / loop);
  }
  std::cout << "library:   " << static_cast<std::int64_t>(median(library_rates)) << " GET/s\n"
            << "bare loop: " << static_cast<std::int64_t>(median(bare_rates)) << " GET/s\n"
            << "time, library / bare loop: " << median(ratios) << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
