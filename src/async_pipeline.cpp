#include <upstash/async_pipeline.hpp>

#include "async_engine.hpp"
#include "async_operation.hpp"
#include "command_builder.hpp"

namespace upstash {

detail::PipelineTarget<AsyncPipeline> AsyncPipelineCommands::target() {
  return detail::PipelineTarget<AsyncPipeline>(static_cast<AsyncPipeline&>(*this));
}

AsyncPipeline::AsyncPipeline(detail::AsyncSession session, Kind kind)
    : PipelineBuffer(kind), session_(std::move(session)) {}

AsyncPipeline& AsyncPipeline::execute(const ValueList& arguments) {
  return add(detail::custom_command(arguments));
}

Future<PipelineResults> AsyncPipeline::exec(const ExecOptions& options) {
  if (empty()) return detail::ready_future<PipelineResults>();
  using State = detail::FutureState<PipelineResults>;
  detail::AsyncEngine& engine = *session_.engine();
  const detail::Call call(engine.protocol().options(), session_.options());
  detail::StateRef<State> state(new State(engine.executor()));
  engine.submit(std::make_unique<detail::PipelineOperation>(kind(), collect(), options, call, state));
  return detail::FutureAccess::make(std::move(state));
}

}  // namespace upstash
