// Stands between a client and a server and cuts connections off, at random but from a seed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <random>
#include <string>
#include <thread>

namespace upstash::test {

class CuttingProxy {
 public:
  /// Cuts one request in so many, in one of all the ways, over and over.
  CuttingProxy(const std::string& server_url, std::uint32_t seed, unsigned one_in);
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;
  /// Closes every connection.
  ~CuttingProxy();

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// How many requests were cut off so far.
  [[nodiscard]] std::size_t cuts() const { return cuts_; }

 private:
  enum class Cut : std::uint8_t {
    none,
    before_the_request,  // it is read, but not passed on
    within_the_request,  // the server sees half of it
    before_the_reply,    // the server has carried it out
    within_the_reply,
    after_the_reply,  // while the connection is idle
    last = after_the_reply
  };
  struct Pair {
    int client = -1;
    int server = -1;
    std::thread thread;
  };

  void accept_all();
  void relay(Pair& pair);
  Cut next_cut();

  int listener_ = -1;
  int port_ = 0;
  int server_port_ = 0;
  unsigned one_in_;
  std::atomic<std::size_t> cuts_ = 0;
  std::mutex mutex_;  // of what follows
  std::mt19937 random_;
  std::list<Pair> pairs_;
  bool stopping_ = false;
  std::thread acceptor_;
};

}  // namespace upstash::test
