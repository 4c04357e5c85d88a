#include "async_engine.hpp"

#include <utility>

#include "curl_transfer.hpp"
#include "io_thread_mark.hpp"

namespace upstash::detail {

AsyncEngine::AsyncEngine(ClientOptions options)
    : protocol_(std::make_shared<const Protocol>(std::move(options))) {
  if (protocol_->options().transport) {
    throw UsageError(
        "AsyncRedis takes no ClientOptions::transport: its calls would block the client's thread");
  }
  // Not as late as with the first command: what is initialised now is there until a static client is destroyed.
  initialise_curl();
  if (protocol_->options().executor)
    executor_ = std::make_shared<const Executor>(protocol_->options().executor);
}

std::shared_ptr<AsyncEngine> AsyncEngine::open(ClientOptions options) {
  std::shared_ptr<AsyncEngine> engine(new AsyncEngine(std::move(options)));
  AsyncEngine* const pointer = engine.get();
  return {pointer, [engine = std::move(engine)](AsyncEngine*) { engine->release(); }};
}

void AsyncEngine::release() {
  const auto loop = running_.with([](Running& running) {
    running.closed = true;
    return std::move(running.loop);
  });
  if (loop) loop->release();
}

void AsyncEngine::submit(std::unique_ptr<AsyncOperation> operation) {
  running_.with([&](Running& running) { loop_of(running)->submit(std::move(operation)); });
}

void AsyncEngine::open(const std::shared_ptr<EventStream>& stream) {
  running_.with([&](Running& running) { stream->open(loop_of(running)); });
}

const std::shared_ptr<AsyncLoop>& AsyncEngine::loop_of(Running& running) const {
  if (running.closed) throw UsageError("the client was closed");
  if (!running.loop) running.loop = AsyncLoop::start(protocol_);
  return running.loop;
}

void AsyncEngine::close(bool drain) {
  if (on_io_thread()) {
    throw UsageError("close() in a callback on a client's I/O thread would wait for itself");
  }
  const auto loop = running_.with([](Running& running) {
    running.closed = true;
    return running.loop;
  });
  if (!loop) return;
  loop->close(drain);
  loop->join();
}

}  // namespace upstash::detail
