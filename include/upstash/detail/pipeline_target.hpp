// PipelineTarget: where commands go that are added to a pipeline.
#pragma once

#include <upstash/command.hpp>

namespace upstash {

class Pipeline;

namespace detail {

class PipelineTarget {
 public:
  explicit PipelineTarget(Pipeline& pipeline) noexcept : pipeline_(&pipeline) {}

  /// Adds the command and returns the pipeline, for the next one.
  Pipeline& run(const AnyCommand& command) const;

 private:
  Pipeline* pipeline_;
};

}  // namespace detail

}  // namespace upstash
