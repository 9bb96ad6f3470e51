#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dilaton/Messages.h"
#include "dilaton/RecordColumns.h"

namespace dilaton::cosim {

// What an Interval holds, decoded; both by vCPU.
struct IntervalContents {
    std::vector<std::optional<IssueState>> states;
    std::vector<std::vector<Record>> records;  // of all blocks, in their order
};

// Reads and checks an Interval by itself. Throws ProtocolFault with what is wrong.
[[nodiscard]] IntervalContents readInterval(const Interval& interval, uint64_t expectedNumber,
                                            const Welcome& welcome);

}  // namespace dilaton::cosim
