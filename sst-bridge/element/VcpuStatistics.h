#pragma once

#include <sst/core/statapi/statbase.h>

#include <array>
#include <cstdint>

#include "dilaton/MemoryKind.h"

namespace dilaton::sst {

// What is counted for one vCPU, in SST's own statistics. Nothing here depends on the host.
struct VcpuStatistics {
    using Counter = SST::Statistics::Statistic<uint64_t>;

    std::array<Counter*, cosim::kMemoryKindCount> requests{};  // by kind
    Counter* latency = nullptr;                                // ps, one per answer
    Counter* stall = nullptr;                                  // ps, one per interval that has any
    Counter* lag = nullptr;                                    // ps, likewise
    Counter* drops = nullptr;
};

}  // namespace dilaton::sst
