// The library and its bare counterpart, measured in turns: what slows the machine down meanwhile slows both.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "canned_server.hpp"

namespace upstash::bench {

/// How much is done for a result.
struct Effort {
  int rounds;                ///< Within this process, for each of the two.
  double seconds_per_round;  ///< With 0 a round is one operation.
  int processes;             ///< Where a round is a process of its own.
  int compilations;
};

template <class T>
struct Pair {
  T library;
  T bare;
};

/// Calls both so often, in turns; who comes first takes turns, too.
template <class Library, class Bare>
auto in_turns(int rounds, Library&& library, Bare&& bare) {
  std::vector<Pair<decltype(library())>> samples;
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) {
      const auto first = library();
      samples.push_back({first, bare()});
    } else {
      const auto first = bare();
      samples.push_back({library(), first});
    }
  }
  return samples;
}

struct Summary {
  Pair<double> value;  ///< The medians.
  double ratio;        ///< The median of the rounds' ratios, library by bare.
};
Summary summarise(const std::vector<Pair<double>>& samples);

/// What one operation takes.
struct Comparison {
  Summary seconds;
  Summary client_cpu;  ///< Seconds of CPU time of all threads but the server's.
  Summary server_cpu;
  Summary requests;
};

/// Does so many operations.
using Work = std::function<void(std::int64_t operations)>;

/// Both work with the server in this process.
Comparison compare(const Effort& effort, CannedServer& server, const Work& library, const Work& bare);

}  // namespace upstash::bench
