// Programs that are run to be measured.
#pragma once

#include <string>
#include <vector>

namespace upstash::bench {

struct ChildRun {
  double seconds_to_output;  ///< From its start to the first byte that it wrote, or to its end.
  double cpu;                ///< Seconds of CPU time, its own children's included.
  std::string output;
};

/// Runs a program, searched in PATH, to its end. Throws unless it ends well.
ChildRun run_child(std::vector<std::string> command);

}  // namespace upstash::bench
