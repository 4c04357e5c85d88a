#ifndef UPSTASH_TESTS_SUPPORT_SCRIPTED_SERVER_HPP
#define UPSTASH_TESTS_SUPPORT_SCRIPTED_SERVER_HPP

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace upstash::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct RecordedRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
  int connection = 0;  ///< which of the accepted connections it came over, from 0

  /// The first header of that name in whatever case, "" when there is none.
  std::string header(std::string_view name) const;
};

/// What happens to one request, once it is there as a whole. Mostly made by the functions below; bytes with
/// Then::hold make a stream that stays open.
struct Action {
  enum class Then { keep_open, close, reset, hold };

  std::string bytes;            ///< what is sent
  Then then = Then::keep_open;  ///< what happens once it is sent
  /// Replaces the action: at once, or, when it says hold, on release().
  std::function<Action(const RecordedRequest&)> compute;
};

/// A whole reply; the connection stays open. Content-Type is application/json unless the headers have one.
Action answer(int status, const std::string& body, Headers headers = {});
/// 200 {"result":…}
Action answer_json(const std::string& result_json);
/// The same reply as answer(), but then the connection is closed without having been announced. The close is
/// already there when the client has read the last byte, so what it keeps is surely a stale connection.
Action answer_and_close(int status, const std::string& body, Headers headers = {});
/// 200 with the body's whole length announced, but only so many bytes of it sent before the connection is
/// closed.
Action cut_off(const std::string& body, std::size_t sent_bytes);
/// FIN instead of a reply.
Action close_without_reply();
/// RST instead of a reply.
Action reset();
/// No reply, but for ScriptedServer::release(), which gives this one.
Action stall(Action released = answer_json("null"));
/// These bytes as they are; then the connection is closed.
Action raw(std::string bytes);
/// 200 in chunked transfer encoding; the connection stays open. Empty chunks are left out.
Action chunked(const std::vector<std::string>& chunks, Headers headers = {});
/// 200 with an event stream that begins so and stays open, see ScriptedServer::push(). It ends with its connection.
Action event_stream(const std::string& bytes);
/// Whatever action the function returns for the request. It runs on the server's thread and may use the
/// server; what it throws is answered with 500.
Action respond(std::function<Action(const RecordedRequest&)> compute);

/// A port of 127.0.0.1 that refuses connections, kept so until the process ends.
int refused_port();

/// An HTTP/1.1 server on a free port of 127.0.0.1 that does to each request what the test has scripted for
/// it, in the order in which requests are complete. One thread serves any number of connections.
class ScriptedServer {
 public:
  ScriptedServer();
  /// Closes every connection, stalled ones too.
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string url() const;  ///< http://127.0.0.1:port, no slash at the end
  int port() const;

  /// Adds to the script, whose actions serve one request each.
  void enqueue(Action action);
  /// For every request after the end of the script; without it they are answered with 500.
  void set_default(Action action);

  std::vector<RecordedRequest> requests() const;
  std::size_t connections_accepted() const;
  /// Waits until exactly so many connections are open; throws std::runtime_error when that does not come.
  void wait_for_connections(std::size_t count, std::chrono::milliseconds longest = std::chrono::seconds(10));
  /// Waits until at least so many requests were seen (they may not have been answered yet); throws
  /// std::runtime_error when they do not come.
  void wait_for_requests(std::size_t count, std::chrono::milliseconds longest = std::chrono::seconds(10));

  /// Lets every request that is stalled now go on.
  void release();
  /// Sends more on every connection whose last action says hold.
  void push(const std::string& bytes);
  /// What the peers have not read and their sockets do not take.
  std::size_t unsent_bytes();
  /// Closes all open connections, busy ones too. They are closed when it returns.
  void close_idle_connections();
  /// From its return on new connections are refused; open ones are served as before.
  void stop_listening();
  /// Accepts connections again, on the same port.
  void listen_again();

 private:
  struct Connection;

  void wake() const;
  void run_on_thread(const std::function<void()>& task);

  // These run on the thread.
  void serve();
  bool run_tasks();
  void accept_all();
  void serve_requests(Connection& connection);
  void carry_out(Connection& connection, Action action);
  Action record(const RecordedRequest& request);

  int port_ = 0;
  int wake_fd_ = -1;
  int reserved_ = -1;  ///< bound but never listening: nobody else gets the port while we do not listen
  int listener_ = -1;  ///< this and connections_ belong to the thread
  std::vector<std::unique_ptr<Connection>> connections_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Action> script_;
  Action default_;
  std::vector<RecordedRequest> requests_;
  std::size_t accepted_ = 0;
  std::size_t open_ = 0;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace upstash::test

#endif  // UPSTASH_TESTS_SUPPORT_SCRIPTED_SERVER_HPP
