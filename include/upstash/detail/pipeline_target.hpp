// PipelineTarget: where commands go that are added to a pipeline.
#pragma once

#include <upstash/command.hpp>

namespace upstash::detail {

template <class Pipeline>
class PipelineTarget {
 public:
  explicit PipelineTarget(Pipeline& pipeline) noexcept : pipeline_(&pipeline) {}

  /// Adds the command and returns the pipeline, for the next one.
  Pipeline& run(const AnyCommand& command) const {
    pipeline_->enqueue(command);
    return *pipeline_;
  }

 private:
  Pipeline* pipeline_;
};

}  // namespace upstash::detail
