// What goes to an executor.
#pragma once

#include <upstash/future.hpp>

namespace upstash::detail {

/// Has the executor run the continuation. One that is dropped there is run where it is dropped.
void run_on(const Executor& executor, Continuation& continuation) noexcept;

}  // namespace upstash::detail
