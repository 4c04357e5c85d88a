#include <event2/event.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backend.hpp"
#include "event_handles.hpp"
#include "listener.hpp"
#include "options.hpp"
#include "policy.hpp"
#include "random_token.hpp"
#include "redis_process.hpp"
#include "server.hpp"

namespace upstash::local {
namespace {

constexpr int startup_patience_s = 30;
constexpr int bad_options = 2;

EventHandle<event_base> make_event_base() {
  const auto config = own(event_config_new());
  // One thread, and sockets that change their interest twice per command: fewer calls into the kernel.
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
  return own(event_base_new_with_config(config.get()));
}

// Puts the parts together and runs them.
class Application {
 public:
  explicit Application(Options options) : options_(std::move(options)), base_(make_event_base()) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) add_signal(signal, &Application::on_stop);
  }

  void run() {
    const bool token_is_random = options_.token.empty();
    if (token_is_random) options_.token = random_token();
    Listener listener = listen_on(options_.bind, options_.port);
    BackendAddress address;
    if (options_.redis_url.empty()) {
      add_signal(SIGCHLD, &Application::on_child);
      process_.emplace(options_.redis_server, options_.data_folder);
      address.unix_path = process_->socket_path();
    } else {
      address = parse_backend_url(options_.redis_url);
    }
    backend_.emplace(base_.get(), std::move(address), [this](const redisReply& commands) {
      policy_.set_commands(CommandTable(commands));
    });
    wait_for_backend();
    if (stopped_) return;

    const ServerSettings settings{
        .token = options_.token,
        .read_only_token = options_.read_only_token,
        .max_request_bytes = options_.max_request_bytes,
        .idle_timeout = options_.idle_timeout,
        .max_unread_bytes = options_.max_unread_bytes,
        .keep_alive = options_.keep_alive,
    };
    server_.emplace(base_.get(), settings, *backend_, policy_);
    server_->accept_from(std::move(listener.socket));
    std::cout << "export UPSTASH_REDIS_REST_URL=\"" << url_of(options_.bind, listener.port) << "\"\n"
              << "export UPSTASH_REDIS_REST_TOKEN=\"" << options_.token << "\"" << std::endl;
    if (token_is_random) std::cerr << "The token is new with every start; --token keeps it the same.\n";
    event_base_dispatch(base_.get());

    // Requests in flight are told, as far as their sockets take it at once.
    backend_->give_up("the server is shutting down");
    event_base_loop(base_.get(), EVLOOP_NONBLOCK);
  }

 private:
  void add_signal(int signal, event_callback_fn callback) {
    signals_.push_back(own(evsignal_new(base_.get(), signal, callback, this)));
    event_add(signals_.back().get(), nullptr);
  }

  void wait_for_backend() {
    const auto deadline = own(evtimer_new(base_.get(), &Application::on_deadline, this));
    const timeval patience{startup_patience_s, 0};
    evtimer_add(deadline.get(), &patience);
    while (!backend_->is_ready() && !stopped_) {
      if (child_end_) throw std::runtime_error(*child_end_ + " before it was ready");
      if (too_late_) throw std::runtime_error("the backend did not become ready: " + backend_->problem());
      event_base_loop(base_.get(), EVLOOP_ONCE);
    }
  }

  static void on_stop(evutil_socket_t, short, void* application) {
    auto& self = *static_cast<Application*>(application);
    self.stopped_ = true;
    event_base_loopbreak(self.base_.get());
  }

  static void on_deadline(evutil_socket_t, short, void* application) {
    static_cast<Application*>(application)->too_late_ = true;
  }

  static void on_child(evutil_socket_t, short, void* application) {
    auto& self = *static_cast<Application*>(application);
    if (!self.process_) return;
    self.child_end_ = self.process_->check_ended();
    if (!self.child_end_ || !self.backend_) return;
    std::cerr << "error: " << *self.child_end_ << "; restart upstash-redis-local" << std::endl;
    self.backend_->give_up(*self.child_end_ + "; restart upstash-redis-local");
  }

  Options options_;
  // Below what they use: the last is destroyed first.
  EventHandle<event_base> base_;
  std::vector<EventHandle<event>> signals_;
  std::optional<RedisProcess> process_;
  Policy policy_;
  std::optional<Backend> backend_;
  std::optional<Server> server_;
  std::optional<std::string> child_end_;
  bool stopped_ = false;
  bool too_late_ = false;
};

// Each event stream takes two descriptors; the usual limit is there for programs that use select().
void allow_all_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int run(std::span<const char* const> arguments) {
  // A client that goes away is no reason to end.
  std::signal(SIGPIPE, SIG_IGN);
  allow_all_descriptors();
  try {
    Options options = parse_options(arguments);
    if (options.show_help || options.show_version) {
      std::cout << (options.show_help ? help_text() : version_text());
      return EXIT_SUCCESS;
    }
    Application(std::move(options)).run();
    return EXIT_SUCCESS;
  } catch (const OptionError& problem) {
    std::cerr << "error: " << problem.what() << "\n";
    return bad_options;
  } catch (const std::exception& problem) {
    std::cerr << "error: " << problem.what() << "\n";
    return EXIT_FAILURE;
  }
}

}  // namespace
}  // namespace upstash::local

int main(int count, char** arguments) {
  return upstash::local::run({arguments + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)});
}
