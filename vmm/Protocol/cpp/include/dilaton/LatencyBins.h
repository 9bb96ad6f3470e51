// Latencies counted by bins of a sixteenth of a power of two; docs/protocol.md, 4.5a.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace dilaton::cosim {

// Number of the bin that a latency falls into.
[[nodiscard]] uint32_t latencyBin(uint64_t latencyPs);

// Bins that are not empty, in their order, each with its count.
using LatencyBins = std::vector<std::pair<uint32_t, uint64_t>>;

void countLatency(LatencyBins& bins, uint64_t latencyPs);

}  // namespace dilaton::cosim
