#pragma once

#include <cstdint>

#include "dilaton/MemoryKind.h"

namespace dilaton::cosim {

// Parameters of an issue engine: docs/time.md section 5.
struct IssueParameters {
    uint32_t loadHitCycles = 0;
    uint32_t storeBufferEntries = 1;
    uint64_t unitsPerCycle = 1;
    // The rest with the set `interval`; a window of 0: the set is `inorder`.
    uint64_t windowUnits = 0;
    uint32_t loadQueueEntries = 0;
    uint32_t missRegisters = 0;
};

// A miss as an engine sees it.
struct IssueMiss {
    static constexpr uint64_t kNone = UINT64_MAX;

    uint64_t position = 0;  // units
    MemoryKind kind = MemoryKind::Load;
    bool behindCut = false;
    uint64_t program = 0;       // name of its instruction
    uint64_t producer = kNone;  // name of the load that its address comes from
};

// What became of a miss that was to be dispatched.
enum class IssueOutcome : uint8_t {
    Blocked,  // when it dispatches is not known before an earlier one is answered
    Issued,
    Parked,  // it issues when what it waits for is answered; later ones go on
};

// A miss that has issued and waits for its latency.
struct IssueTicket {
    uint64_t atUnits = 0;
    MemoryKind kind = MemoryKind::Load;
    int32_t entry = -1;         // of the store buffer, with `interval` also load queue; or -1
    int32_t missRegister = -1;  // with `interval`: that it holds, or -1
    uint64_t order = 0;         // with `interval`: how many were dispatched before it
};

}  // namespace dilaton::cosim
