// AsyncPipeline: many commands in one request, without waiting.
#pragma once

#include <upstash/argument_list.hpp>
#include <upstash/async_pipeline_commands.hpp>
#include <upstash/command.hpp>
#include <upstash/detail/async_session.hpp>
#include <upstash/future.hpp>
#include <upstash/pipeline.hpp>

namespace upstash {

/// Collects commands as a Pipeline does and sends them as one request without waiting. Made by AsyncRedis::pipeline()
/// or, for one atomic transaction, AsyncRedis::multi().
class AsyncPipeline : public AsyncPipelineCommands, public detail::PipelineBuffer {
 public:
  AsyncPipeline(detail::AsyncSession session, Kind kind);

  /// Adds a command made by upstash::cmd.
  template <class T>
  AsyncPipeline& add(const Command<T>& command) {
    enqueue(command);
    return *this;
  }
  /// Adds any command by its arguments: `execute({"XLEN", "stream"})`. Its result is a Reply.
  AsyncPipeline& execute(const ValueList& arguments);

  /// Sends the commands. The pipeline is empty afterwards. Without commands nothing is sent. The future's error is what
  /// Pipeline::exec() throws.
  Future<PipelineResults> exec(const ExecOptions& options = {});

 private:
  detail::AsyncSession session_;
};

}  // namespace upstash
