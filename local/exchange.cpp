#include "exchange.hpp"

#include <charconv>
#include <utility>
#include <vector>

#include "http_reply.hpp"
#include "missing_commands.hpp"
#include "reply_view.hpp"

namespace upstash::local {
namespace {

class SingleExchange final : public Exchange {
 public:
  SingleExchange(const ExchangeEnvironment& environment, AcceptedRequest accepted)
      : Exchange(environment, environment.backend.commands(), std::move(accepted)) {}

 private:
  void send_commands() override {
    if (const std::optional<std::string> refused = refusal(commands()[0])) {
      append_error(body_, *refused, format());
      failed_ = true;
      return;
    }
    send(commands()[0]);
  }

  void take_reply(const redisReply& reply) override {
    append_outcome(commands()[0], reply);
    failed_ = is_error(reply);
  }

  int complete() override { return failed_ ? 400 : 200; }

  bool failed_ = false;
};

class PipelineExchange final : public Exchange {
 public:
  PipelineExchange(const ExchangeEnvironment& environment, AcceptedRequest accepted)
      : Exchange(environment, environment.backend.commands(), std::move(accepted)) {}

 private:
  struct RefusedSlot {
    std::size_t slot;
    std::string error;
  };

  void send_commands() override {
    if (format() == ReplyFormat::resp2) {
      body_ += '*';
      body_ += std::to_string(commands().size());
      body_ += "\r\n";
    } else {
      body_ += '[';
    }
    for (std::size_t slot = 0; slot < commands().size(); ++slot) {
      if (std::optional<std::string> refused = refusal(commands()[slot])) {
        refused_.push_back({slot, *std::move(refused)});
      } else {
        send(commands()[slot]);
      }
    }
  }

  void take_reply(const redisReply& reply) override {
    append_refused_slots();
    separate();
    append_outcome(commands()[slot_], reply);
    ++slot_;
  }

  int complete() override {
    append_refused_slots();
    if (format() != ReplyFormat::resp2) body_ += ']';
    return 200;
  }

  // Those that come next: they were never sent, so no reply will call for them.
  void append_refused_slots() {
    while (next_refused_ < refused_.size() && refused_[next_refused_].slot == slot_) {
      separate();
      append_error(body_, refused_[next_refused_].error, format());
      ++next_refused_;
      ++slot_;
    }
  }

  void separate() {
    if (slot_ > 0 && format() != ReplyFormat::resp2) body_ += ',';
  }

  std::vector<RefusedSlot> refused_;
  std::size_t next_refused_ = 0;
  std::size_t slot_ = 0;
};

class TransactionExchange final : public Exchange {
 public:
  TransactionExchange(const ExchangeEnvironment& environment, AcceptedRequest accepted)
      : Exchange(environment, environment.backend.transactions(), std::move(accepted)) {}

 private:
  void send_commands() override {
    for (std::size_t slot = 0; slot < commands().size(); ++slot) {
      if (const std::optional<std::string> refused = refusal(commands()[slot])) {
        // Nothing is sent, as a whole or not at all.
        note_first_problem(slot, *refused);
        abort();
        return;
      }
    }
    // In one go: no other exchange can come in between.
    const std::string_view multi = "MULTI";
    const std::string_view exec = "EXEC";
    send({&multi, 1});
    for (std::size_t slot = 0; slot < commands().size(); ++slot) send(commands()[slot]);
    send({&exec, 1});
  }

  void take_reply(const redisReply& reply) override {
    // The replies to MULTI, to each command (QUEUED, or why not), and to EXEC.
    const std::size_t place = received_++;
    if (place <= commands().size()) {
      if (is_error(reply)) {
        if (place == 0) {
          note_first_problem("MULTI: " + std::string(text_of(reply)));
        } else {
          note_first_problem(place - 1, explain_error(commands()[place - 1], reply));
        }
      }
      return;
    }
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != commands().size()) {
      if (first_problem_.empty())
        note_first_problem(is_error(reply) ? std::string(text_of(reply)) : "EXEC failed");
      abort();
      return;
    }
    body_ += '[';
    for (std::size_t slot = 0; slot < reply.elements; ++slot) {
      if (slot > 0) body_ += ',';
      append_outcome(commands()[slot], *reply.element[slot]);
    }
    body_ += ']';
  }

  int complete() override { return aborted_ ? 400 : 200; }

  void note_first_problem(std::size_t slot, const std::string& error) {
    note_first_problem(
        "command " + std::to_string(slot + 1) + " (" + std::string(commands()[slot][0].substr(0, 64)) +
        "): " + error);
  }

  void note_first_problem(std::string problem) {
    if (first_problem_.empty()) first_problem_ = std::move(problem);
  }

  void abort() {
    aborted_ = true;
    append_error(
        body_, "EXECABORT Transaction discarded because of previous errors. " + first_problem_, format());
  }

  std::size_t received_ = 0;
  bool aborted_ = false;
  std::string first_problem_;
};

}  // namespace

std::unique_ptr<Exchange> Exchange::make(const ExchangeEnvironment& environment, AcceptedRequest accepted) {
  switch (accepted.request.endpoint) {
    case Endpoint::pipeline:
      return std::make_unique<PipelineExchange>(environment, std::move(accepted));
    case Endpoint::transaction:
      return std::make_unique<TransactionExchange>(environment, std::move(accepted));
    case Endpoint::command:
    case Endpoint::event_stream:
      break;
  }
  return std::make_unique<SingleExchange>(environment, std::move(accepted));
}

Exchange::Exchange(
    const ExchangeEnvironment& environment, BackendConnection& connection, AcceptedRequest accepted)
    : environment_(environment), connection_(connection), accepted_(std::move(accepted)) {}

void Exchange::start(DoneCallback on_done) {
  on_done_ = std::move(on_done);
  if (!connection_.is_ready()) {
    lost_ = true;
    finish();
    return;
  }
  send_commands();
  if (awaited_ == 0) finish();
}

void Exchange::send(Arguments command) {
  connection_.send(command, *this);
  ++awaited_;
  if (environment_.policy.may_write(command)) ++writes_;
}

void Exchange::receive(const redisReply* reply) {
  --awaited_;
  if (reply == nullptr) {
    lost_ = true;
  } else {
    take_reply(*reply);
  }
  if (awaited_ == 0) finish();
}

void Exchange::finish() {
  if (lost_) {
    send_unavailable(accepted_.http, connection_.problem());
  } else {
    const int status = complete();
    environment_.clock.advance(writes_);
    const ContentType type = format() == ReplyFormat::resp2 ? ContentType::octet_stream : ContentType::json;
    send_reply(accepted_.http, status, type, std::move(body_), environment_.clock.token());
  }
  // Moved out, because the call deletes this object and with it the callback.
  const DoneCallback on_done = std::move(on_done_);
  on_done();
}

std::optional<std::string> Exchange::refusal(Arguments command) const {
  return environment_.policy.refusal(command, accepted_.access);
}

void Exchange::append_outcome(Arguments command, const redisReply& reply) {
  if (is_error(reply)) {
    append_error(body_, explain_error(command, reply), format());
  } else {
    append_result(body_, reply, format());
  }
}

std::string explain_error(Arguments command, const redisReply& reply) {
  std::string text(text_of(reply));
  std::string name(command[0]);
  if (text.starts_with("ERR unknown subcommand") && command.size() > 1) {
    name.append(" ").append(command[1]);
  } else if (!text.starts_with("ERR unknown command")) {
    return text;
  }
  if (const std::string_view hint = missing_command_hint(name); !hint.empty()) {
    text.erase(text.find_last_not_of(' ') + 1);
    text += " (";
    text += hint;
    text += ')';
  }
  return text;
}

}  // namespace upstash::local
