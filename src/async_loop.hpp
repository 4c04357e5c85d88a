// AsyncLoop: the I/O thread of an asynchronous client, with all that only this thread touches.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "async_operation.hpp"
#include "curl_transfer.hpp"
#include "due_queue.hpp"
#include "event_streams.hpp"
#include "protocol.hpp"

namespace upstash::detail {

/// One HTTP request, with the operations whose commands it carries.
struct AsyncRequest {
  explicit AsyncRequest(const CurlSettings& settings) : transfer(settings) {}

  CurlTransfer transfer;
  std::vector<AsyncOperation*> operations;  // in the order of their commands; null for what has ended since
  std::size_t live = 0;                     // how many have not
  bool is_gathered = false;                 // several commands as one pipeline
  std::string gathered_body;
  std::size_t body_size = 0;
  AsyncOperation::Clock::time_point start;
  std::size_t index = 0;  // among the requests on their way
};

class AsyncLoop : public std::enable_shared_from_this<AsyncLoop> {
 public:
  /// Starts the thread.
  static std::shared_ptr<AsyncLoop> start(std::shared_ptr<const Protocol> protocol);
  AsyncLoop(const AsyncLoop&) = delete;
  AsyncLoop& operator=(const AsyncLoop&) = delete;
  /// The thread must have been joined or let go.
  ~AsyncLoop();

  // From whatever thread:

  /// Throws UsageError when the loop was closed.
  void submit(std::unique_ptr<AsyncOperation> operation);
  /// Called by the operation's stop callback.
  void cancel(AsyncOperation& operation) noexcept;
  /// Has the task run on the thread. False when it will not: the loop was closed, or is a parent process'.
  bool post(std::function<void(EventStreams& streams)> task);
  /// Nothing is taken any more. With `drain`, what was taken goes on, else it is cancelled; then the thread ends.
  void close(bool drain);
  /// Waits until the thread has ended.
  void join();
  /// Lets the thread, which was told to end, do so by itself.
  void let_go();
  /// Cancels everything. Waits until the thread has ended, or, in this very thread, lets it go.
  void release();

 private:
  using Clock = AsyncOperation::Clock;

  explicit AsyncLoop(std::shared_ptr<const Protocol> protocol);

  // All of the following runs on the thread.

  void run();
  void work();
  /// Takes over what was issued.
  void admit_incoming();
  void admit(std::unique_ptr<AsyncOperation> owned);
  /// Runs what was posted. When the loop is closed, ends the streams.
  void run_tasks();
  /// Takes over what was issued and cancels what was stopped. False when everything is to be cancelled.
  bool take_inbox();
  /// Ends what has come to its deadline, and puts back in line what waited for its retry.
  void look_at_due();
  /// Puts the operations, of which some may be null, at the head of the line, in this order.
  void put_in_front(const std::vector<AsyncOperation*>& operations);
  /// Sleeps until there is something to do. False when nothing is left to do.
  bool sleep();

  /// Sends what is in line, as far as there is room.
  void send_ready();
  void send_first_ready();
  void send(AsyncRequest& request);
  /// Whether any transfer had ended.
  bool collect_finished();
  void finished(AsyncRequest& request, CURLcode code);
  void report(const AsyncRequest& request, int http_status, std::size_t reply_bytes) const;
  /// Gives the answer to the operations, of which some may be null.
  void answered(std::vector<AsyncOperation*> operations, bool is_gathered, HttpResponse answer);
  /// Together their reply was too large: those that may be repeated are taken out, to be sent one by one.
  void separate(std::vector<AsyncOperation*>& operations);
  /// Has one operation's reply parsed, which with `slot` is one of those of `operations`. Throws what is wrong.
  void read(
      AsyncOperation& operation,
      const ReplyReader& reader,
      std::optional<std::size_t> slot,
      std::size_t operations) const;
  /// The attempt of all of these, of which some may be null, ended with the exception.
  void failed(const std::vector<AsyncOperation*>& operations, const std::exception_ptr& error);
  /// Puts the operation aside until its retry. False when the deadline leaves no time.
  bool schedule_retry(AsyncOperation& operation, Clock::time_point failure);

  /// Ends an operation wherever it is, with a TimeoutError or CancelledError.
  template <class Error>
  void give_up(AsyncOperation& operation, const char* reason);
  /// Ends an operation wherever it is: it is parsed, or there is an error.
  void end(AsyncOperation& operation, std::exception_ptr error);
  std::vector<AsyncOperation*> take_operations(AsyncRequest& request);
  void release_request(AsyncRequest& request);

  const std::shared_ptr<const Protocol> protocol_;
  const CurlSettings settings_;
  const long max_connections_;
  std::size_t max_requests_;  // on their way at once; the others wait in line
  const unsigned generation_;
  MultiHandle multi_;
  std::thread thread_;
  std::mutex join_mutex_;

  std::mutex inbox_mutex_;
  std::vector<std::unique_ptr<AsyncOperation>> incoming_;
  std::vector<AsyncOperation*> cancelled_;
  std::vector<std::function<void(EventStreams& streams)>> tasks_;
  bool closed_ = false;
  bool cancel_all_ = false;
  bool asleep_ = false;
  bool has_room_ = true;  // for another request; else what comes can wait until the thread wakes by itself
  Clock::time_point asleep_until_;
  Clock::time_point incoming_due_ = Clock::time_point::max();  // of what is incoming

  std::vector<std::unique_ptr<AsyncOperation>> taken_;  // from the inbox
  std::vector<AsyncOperation*> taken_cancelled_;
  std::uint64_t next_number_ = 0;
  DueQueue due_;         // all operations, which it owns
  OperationList ready_;  // those that wait to be sent
  std::vector<std::unique_ptr<AsyncRequest>> on_their_way_;
  std::vector<std::unique_ptr<AsyncRequest>> idle_;
  EventStreams streams_;
};

}  // namespace upstash::detail
