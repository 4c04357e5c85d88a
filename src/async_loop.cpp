#include "async_loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <new>
#include <utility>

#include "io_thread_mark.hpp"
#include "per_process.hpp"
#include "sigpipe.hpp"

namespace upstash::detail {

namespace {

/// Bounds of what gathers into one request; the service refuses more than 10 MB.
constexpr std::size_t most_commands = 1000;
constexpr std::size_t most_bytes = std::size_t{1} << 20U;
constexpr std::size_t most_connections = 128;
/// How many requests are on their way at once when commands do not gather and the server speaks HTTP/2: as many as
/// servers, and libcurl, let share a connection. One more would have libcurl make others.
constexpr std::size_t most_streams = 100;
constexpr std::size_t most_idle_requests = 16;
constexpr std::chrono::milliseconds longest_sleep = std::chrono::minutes(1);

/// Threads that are started meanwhile have all signals blocked: the program's handlers run in its own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

 private:
  sigset_t previous_{};
};

/// Thrown in a child that a callback has forked.
struct LeftToTheParent {};

}  // namespace

std::shared_ptr<AsyncLoop> AsyncLoop::start(std::shared_ptr<const Protocol> protocol) {
  std::shared_ptr<AsyncLoop> loop(new AsyncLoop(std::move(protocol)));
  const SignalsBlocked blocked;
  loop->thread_ = std::thread([loop] { loop->run(); });
  return loop;
}

AsyncLoop::AsyncLoop(std::shared_ptr<const Protocol> protocol)
    : protocol_(std::move(protocol)),
      settings_(protocol_->curl_settings()),
      max_connections_(
          static_cast<long>(std::clamp<std::size_t>(settings_.max_idle_connections, 1, most_connections))),
      max_requests_(protocol_->options().auto_pipelining ? 1 : static_cast<std::size_t>(max_connections_)),
      generation_(fork_generation()) {
  initialise_curl();
  multi_.reset(curl_multi_init());
  if (!multi_) throw std::bad_alloc();
  streams_.use(multi_.get(), static_cast<std::size_t>(max_connections_));
}

AsyncLoop::~AsyncLoop() {
  const SigpipeBlock block;  // closing TLS connections writes to them
  on_their_way_.clear();
  idle_.clear();
  multi_.reset();
}

// From whatever thread.

void AsyncLoop::submit(std::unique_ptr<AsyncOperation> operation) {
  bool wake = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    if (closed_) throw UsageError("the client was closed");
    // Whoever can be stopped must be known to the thread, which watches the token.
    const auto attention =
        operation->call().stop_token().stop_possible() ? Clock::time_point::min() : operation->due;
    incoming_.push_back(std::move(operation));
    incoming_due_ = std::min(incoming_due_, attention);
    wake = asleep_ && (has_room_ || attention < asleep_until_);
    if (wake) asleep_ = false;
  }
  if (wake) curl_multi_wakeup(multi_.get());
}

void AsyncLoop::cancel(AsyncOperation& operation) noexcept {
  if (generation_ != fork_generation()) return;  // the thread is the parent's
  bool wake = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    operation.cancel_announced = true;
    cancelled_.push_back(&operation);
    wake = std::exchange(asleep_, false);
  }
  if (wake) curl_multi_wakeup(multi_.get());
}

bool AsyncLoop::post(std::function<void(EventStreams& streams)> task) {
  if (generation_ != fork_generation()) return false;
  bool wake = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    if (closed_) return false;
    tasks_.push_back(std::move(task));
    wake = std::exchange(asleep_, false);
  }
  if (wake) curl_multi_wakeup(multi_.get());
  return true;
}

void AsyncLoop::close(bool drain) {
  {
    const std::lock_guard lock(inbox_mutex_);
    closed_ = true;
    cancel_all_ = cancel_all_ || !drain;
    asleep_ = false;
  }
  curl_multi_wakeup(multi_.get());
}

void AsyncLoop::join() {
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void AsyncLoop::let_go() {
  const std::unique_lock lock(join_mutex_, std::try_to_lock);
  if (lock && thread_.joinable()) thread_.detach();  // it keeps this object until its end
}

void AsyncLoop::release() {
  close(false);
  if (thread_.get_id() == std::this_thread::get_id()) {
    let_go();
  } else {
    join();
  }
}

// On the thread.

void AsyncLoop::run() {
  on_io_thread() = true;
  try {
    work();
  } catch (const LeftToTheParent&) {
    // The child's copy of this thread has come back from the callback. All here is the parent's.
  }
}

void AsyncLoop::work() {
  while (take_inbox()) {
    look_at_due();
    send_ready();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
    const bool any_ended = collect_finished();
    streams_.dispatch();
    if (generation_ != fork_generation()) throw LeftToTheParent();
    // A transfer that ended lets one go on that waited for its connection, which only the next call notices.
    if (!any_ended && !sleep()) break;
  }
  admit_incoming();  // the last: the loop is closed
  run_tasks();
  while (!due_.empty()) give_up<CancelledError>(due_.front(), "the client was closed");
  const std::lock_guard lock(inbox_mutex_);
  for (AsyncOperation* const operation : cancelled_) delete operation;  // complete, kept for this list only
  cancelled_.clear();
}

void AsyncLoop::admit_incoming() {
  {
    const std::lock_guard lock(inbox_mutex_);
    taken_.swap(incoming_);
    incoming_due_ = Clock::time_point::max();
  }
  for (auto& operation : taken_) admit(std::move(operation));
  taken_.clear();
}

void AsyncLoop::admit(std::unique_ptr<AsyncOperation> owned) {
  AsyncOperation& operation = *owned;
  operation.number = next_number_++;
  due_.add(operation);
  static_cast<void>(owned.release());
  ready_.push_back(operation);
  const std::stop_token& stop_token = operation.call().stop_token();
  if (!stop_token.stop_possible()) return;
  if (stop_token.stop_requested()) return give_up<CancelledError>(operation, "a stop was requested");
  operation.on_stop.emplace(stop_token, AsyncCancel{this, &operation});
}

void AsyncLoop::run_tasks() {
  std::vector<std::function<void(EventStreams & streams)>> tasks;
  bool closed = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    tasks.swap(tasks_);
    closed = closed_;
  }
  for (const auto& task : tasks) task(streams_);
  if (closed) streams_.close();
}

bool AsyncLoop::take_inbox() {
  admit_incoming();
  run_tasks();
  {
    const std::lock_guard lock(inbox_mutex_);
    if (cancel_all_) return false;
    taken_cancelled_.swap(cancelled_);
    for (AsyncOperation* const operation : taken_cancelled_) operation->cancel_announced = false;
  }
  for (AsyncOperation* const operation : taken_cancelled_) {
    if (operation->complete_already) {
      delete operation;
    } else {
      give_up<CancelledError>(
          *operation,
          operation->waits_for_retry ? "a stop was requested before the retry" : "a stop was requested");
    }
  }
  taken_cancelled_.clear();
  return true;
}

void AsyncLoop::look_at_due() {
  const auto now = Clock::now();
  std::vector<AsyncOperation*> retries;
  while (!due_.empty() && due_.front().due <= now) {
    AsyncOperation& operation = due_.front();
    if (operation.waits_for_retry && now < operation.call().deadline()) {
      operation.waits_for_retry = false;
      operation.due = operation.call().deadline();
      due_.changed(operation);
      retries.push_back(&operation);
    } else {
      give_up<TimeoutError>(operation, "the deadline passed");
    }
  }
  put_in_front(retries);
  streams_.look_at_due(now);
}

void AsyncLoop::put_in_front(const std::vector<AsyncOperation*>& operations) {
  std::for_each(operations.rbegin(), operations.rend(), [this](AsyncOperation* operation) {
    if (operation != nullptr) ready_.push_front(*operation);
  });
}

bool AsyncLoop::sleep() {
  const bool has_room = on_their_way_.size() < max_requests_;
  if (has_room && !ready_.empty()) return true;
  const auto now = Clock::now();
  auto until = now + longest_sleep;
  if (!due_.empty()) until = std::min(until, due_.front().due);
  until = std::min(until, streams_.next_due());
  {
    const std::lock_guard lock(inbox_mutex_);
    if (closed_ && due_.empty() && incoming_.empty()) return false;
    if (cancel_all_ || !cancelled_.empty() || !tasks_.empty()) return true;
    if (!incoming_.empty() && (has_room || incoming_due_ < until)) return true;
    asleep_ = true;
    has_room_ = has_room;
    asleep_until_ = until;
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - now);
  const int milliseconds = static_cast<int>(std::clamp<std::int64_t>(wait.count(), 0, longest_sleep.count()));
  curl_multi_poll(multi_.get(), nullptr, 0, milliseconds, nullptr);
  const std::lock_guard lock(inbox_mutex_);
  asleep_ = false;
  return true;
}

void AsyncLoop::send_ready() {
  while (!ready_.empty() && on_their_way_.size() < max_requests_) send_first_ready();
}

void AsyncLoop::send_first_ready() {
  std::unique_ptr<AsyncRequest> owned;
  if (idle_.empty()) {
    owned = std::make_unique<AsyncRequest>(settings_);
    if (settings_.tls) owned->transfer.allow_http2();
    curl_easy_setopt(owned->transfer.easy(), CURLOPT_PRIVATE, owned.get());
  } else {
    owned = std::move(idle_.back());
    idle_.pop_back();
  }
  AsyncRequest& request = *owned;
  const auto add = [&](AsyncOperation& operation) {
    ready_.remove(operation);
    operation.request = &request;
    operation.slot = request.operations.size();
    operation.attempts.begin();
    request.operations.push_back(&operation);
    ++request.live;
  };
  AsyncOperation& first = ready_.front();
  add(first);
  std::size_t size = first.body().size() + 2;
  if (protocol_->options().auto_pipelining && first.may_gather) {
    while (!ready_.empty() && ready_.front().may_gather && request.live < most_commands) {
      size += ready_.front().body().size() + 1;
      if (size > most_bytes) break;
      add(ready_.front());
    }
  }
  request.is_gathered = request.live > 1;
  request.index = on_their_way_.size();
  on_their_way_.push_back(std::move(owned));
  try {
    send(request);
  } catch (...) {
    const auto operations = take_operations(request);
    release_request(request);
    failed(operations, std::current_exception());
  }
}

void AsyncLoop::send(AsyncRequest& request) {
  AsyncOperation& first = *request.operations.front();
  std::string_view body = first.body();
  if (request.is_gathered) {
    std::string& gathered = request.gathered_body;
    gathered.clear();
    for (const AsyncOperation* const operation : request.operations) {
      gathered += gathered.empty() ? '[' : ',';
      gathered += operation->body();
    }
    gathered += ']';
    body = gathered;
  }
  bool may_resend = true;
  auto deadline = Clock::time_point::min();
  for (const AsyncOperation* const operation : request.operations) {
    may_resend = may_resend && operation->call().may_repeat(operation->subject().idempotent);
    deadline = std::max(deadline, operation->call().deadline());
  }
  const Pipeline::Kind pipeline = Pipeline::Kind::pipeline;
  const std::string token = protocol_->token_to_send();
  request.body_size = body.size();
  request.start = Clock::now();
  request.transfer.prepare(HttpRequest{
      .url = request.is_gathered ? protocol_->url_of(pipeline) : first.url(*protocol_),
      .headers = request.is_gathered ? protocol_->headers_of(pipeline) : first.headers(*protocol_),
      .sync_token = token,
      .body = body,
      .may_resend = may_resend,
      .deadline = deadline,
      .stop_token = {}});
  if (curl_multi_add_handle(multi_.get(), request.transfer.easy()) != CURLM_OK) throw std::bad_alloc();
}

bool AsyncLoop::collect_finished() {
  bool any = false;
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* const easy = message->easy_handle;
    const CURLcode code = message->data.result;
    char* request = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &request);
    curl_multi_remove_handle(multi_.get(), easy);
    if (streams_.finished(easy, code)) continue;
    finished(*reinterpret_cast<AsyncRequest*>(request), code);
    any = true;
  }
  return any;
}

void AsyncLoop::finished(AsyncRequest& request, CURLcode code) {
  if (code == CURLE_ABORTED_BY_CALLBACK && !request.transfer.sent()) {
    // Some of its operations have ended before it was sent: the others go without them.
    const auto operations = take_operations(request);
    release_request(request);
    for (AsyncOperation* const operation : operations) {
      if (operation != nullptr) operation->attempts.take_back();
    }
    return put_in_front(operations);
  }
  std::optional<HttpResponse> answer;
  std::exception_ptr error;
  int status = 0;
  try {
    answer = request.transfer.finish(code);
    status = answer->status;
    // What would wait inside libcurl, for a connection, waits in line: that takes no handle.
    if (!protocol_->options().auto_pipelining) {
      max_requests_ =
          request.transfer.was_multiplexed() ? most_streams : static_cast<std::size_t>(max_connections_);
    }
    protocol_->take_token(*answer);
  } catch (const ProtocolError& problem) {
    status = problem.http_status();
    error = std::current_exception();
  } catch (...) {
    error = std::current_exception();
  }
  report(request, status, answer ? answer->body.size() : 0);
  const bool is_gathered = request.is_gathered;
  const bool is_too_large = request.transfer.reply_too_large();
  auto operations = take_operations(request);
  release_request(request);
  if (answer) {
    answered(std::move(operations), is_gathered, std::move(*answer));
  } else {
    if (is_gathered && is_too_large) separate(operations);
    failed(operations, error);
  }
}

void AsyncLoop::separate(std::vector<AsyncOperation*>& operations) {
  std::vector<AsyncOperation*> again;
  for (AsyncOperation*& operation : operations) {
    if (operation == nullptr || !operation->call().may_repeat(operation->subject().idempotent)) continue;
    operation->may_gather = false;
    again.push_back(std::exchange(operation, nullptr));
  }
  put_in_front(again);
}

void AsyncLoop::report(const AsyncRequest& request, int http_status, std::size_t reply_bytes) const {
  const auto& observer = protocol_->options().observer;
  if (!observer) return;
  RequestInfo info{};
  for (const AsyncOperation* const operation : request.operations) {
    if (operation == nullptr) continue;
    info.command = operation->subject().name;
    info.commands += operation->commands();
    info.attempts = std::max(info.attempts, operation->attempts.count());
  }
  if (request.is_gathered) {
    info.command = name_of(Pipeline::Kind::pipeline);
    info.commands = request.operations.size();
  }
  info.duration = Clock::now() - request.start;
  info.http_status = http_status;
  info.request_bytes = request.body_size;
  info.reply_bytes = reply_bytes;
  observer(info);
}

void AsyncLoop::answered(std::vector<AsyncOperation*> operations, bool is_gathered, HttpResponse answer) {
  const auto now = Clock::now();
  for (AsyncOperation*& operation : operations) {
    if (operation == nullptr) continue;
    if (!operation->attempts.lost(answer, operation->call(), operation->subject().idempotent)) continue;
    std::exception_ptr error;
    try {
      if (schedule_retry(*operation, now)) operation = nullptr;
    } catch (...) {
      error = std::current_exception();
    }
    if (error != nullptr) end(*std::exchange(operation, nullptr), std::move(error));
  }

  // What has gathered meanwhile leaves before the replies are read: both sides have something to do. Not a few, though,
  // where these replies may bring many more, which would then wait for them.
  admit_incoming();
  if (!ready_.empty() && 2 * ready_.size() >= operations.size()) {
    send_ready();
    int running = 0;
    curl_multi_perform(multi_.get(), &running);
  }

  std::optional<ReplyReader> reader;
  std::exception_ptr unreadable;
  try {
    reader.emplace(*protocol_, std::move(answer));
  } catch (...) {
    unreadable = std::current_exception();
  }
  for (std::size_t slot = 0; slot < operations.size(); ++slot) {
    AsyncOperation* const operation = std::exchange(operations[slot], nullptr);
    if (operation == nullptr) continue;
    std::exception_ptr error = unreadable;
    if (error == nullptr) {
      try {
        read(*operation, *reader, is_gathered ? std::optional(slot) : std::nullopt, operations.size());
      } catch (...) {
        error = std::current_exception();
      }
    }
    if (error != nullptr && operation->goes_on_after(error, *protocol_)) {
      operations[slot] = operation;
    } else {
      end(*operation, std::move(error));
    }
  }
  put_in_front(operations);
}

void AsyncLoop::read(
    AsyncOperation& operation,
    const ReplyReader& reader,
    std::optional<std::size_t> slot,
    std::size_t operations) const {
  const Subject subject = operation.subject();
  if (reader.reply() == nullptr) reader.fail(subject);
  const ReplyNode* reply = reader.reply();
  try {
    if (slot) {
      if (reply->kind != ReplyNode::Kind::array || reply->size != operations) {
        throw_shape_error("a list of " + std::to_string(operations) + " replies", *reply);
      }
      reply = &reply->elements()[*slot];
      if (reply->kind == ReplyNode::Kind::error) {
        protocol_->server_error(std::string(subject.name), reply->view(), subject.name, 200)->raise();
      }
    }
    operation.parse(*protocol_, *reply);
  } catch (const ShapeError& error) {
    reader.fail(subject, error.what());
  }
}

void AsyncLoop::failed(const std::vector<AsyncOperation*>& operations, const std::exception_ptr& error) {
  const auto now = Clock::now();  // the same for all, so that those that are sent again go together
  for (AsyncOperation* const operation : operations) {
    if (operation == nullptr) continue;
    const Subject subject = operation->subject();
    std::exception_ptr last;
    try {
      try {
        std::rethrow_exception(error);
      } catch (const TransportError& failure) {
        operation->attempts.failed(failure, *protocol_, subject, operation->call());
        if (!schedule_retry(*operation, now)) {
          operation->attempts.throw_no_time(failure.what(), *protocol_, subject);
        }
      } catch (const ProtocolError& problem) {
        throw_protocol_error(*protocol_, subject, problem);
      }
    } catch (...) {
      last = std::current_exception();
    }
    if (last != nullptr) end(*operation, std::move(last));
  }
}

bool AsyncLoop::schedule_retry(AsyncOperation& operation, Clock::time_point failure) {
  const auto time = operation.call().retry_time(operation.attempts.count(), failure);
  if (!time) return false;
  operation.waits_for_retry = true;
  operation.due = *time;
  due_.changed(operation);
  return true;
}

template <class Error>
void AsyncLoop::give_up(AsyncOperation& operation, const char* reason) {
  auto outcome = Outcome::not_executed;
  if (operation.request != nullptr) {
    if (operation.request->transfer.sent()) {
      outcome = Outcome::unknown;
    } else {
      operation.request->transfer.withdraw();
    }
  }
  std::exception_ptr error;
  try {
    operation.attempts.failed(Error(reason, outcome), *protocol_, operation.subject(), operation.call());
  } catch (...) {
    error = std::current_exception();
  }
  end(operation, std::move(error));
}

void AsyncLoop::end(AsyncOperation& operation, std::exception_ptr error) {
  std::unique_ptr<AsyncOperation> owned(&operation);
  if (operation.is_listed) ready_.remove(operation);
  if (AsyncRequest* const request = std::exchange(operation.request, nullptr)) {
    request->operations[operation.slot] = nullptr;
    if (--request->live == 0) {
      curl_multi_remove_handle(multi_.get(), request->transfer.easy());
      release_request(*request);
    }
  }
  due_.remove(operation);
  if (operation.on_stop) {
    operation.on_stop.reset();  // waits for the callback if it runs just now
    const std::lock_guard lock(inbox_mutex_);
    if (operation.cancel_announced) {
      operation.complete_already = true;
      static_cast<void>(owned.release());
    }
  }
  operation.complete(std::move(error));
  if (generation_ != fork_generation()) throw LeftToTheParent();
}

std::vector<AsyncOperation*> AsyncLoop::take_operations(AsyncRequest& request) {
  for (AsyncOperation* const operation : request.operations) {
    if (operation != nullptr) operation->request = nullptr;
  }
  return std::exchange(request.operations, {});
}

void AsyncLoop::release_request(AsyncRequest& request) {
  request.operations.clear();
  request.live = 0;
  std::unique_ptr<AsyncRequest> owned = std::move(on_their_way_[request.index]);
  if (request.index + 1 != on_their_way_.size()) {
    on_their_way_[request.index] = std::move(on_their_way_.back());
    on_their_way_[request.index]->index = request.index;
  }
  on_their_way_.pop_back();
  if (idle_.size() < most_idle_requests) idle_.push_back(std::move(owned));
}

}  // namespace upstash::detail
