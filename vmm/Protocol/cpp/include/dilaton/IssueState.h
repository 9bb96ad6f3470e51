#pragma once

#include <cstdint>
#include <vector>

namespace dilaton::cosim {

// A load that has not retired, of the set `interval`.
struct LoadInFlight {
    uint64_t position = 0;  // units
    uint64_t program = 0;   // its name
    uint64_t done = 0;      // units
};

// What an engine remembers; docs/protocol.md 3.3.
struct IssueState {
    static constexpr uint64_t kUnanswered = UINT64_MAX;

    uint64_t stallUnits = 0;
    uint32_t nextEntry = 0;
    bool blocked = false;
    std::vector<uint64_t> storeDone;  // units
    // The rest with the set `interval` only.
    uint32_t nextRegister = 0;
    std::vector<uint64_t> registerDone{};  // units
    std::vector<LoadInFlight> loads{};     // oldest first

    // Whether nothing in it is unanswered.
    [[nodiscard]] bool isSettled() const;
};

}  // namespace dilaton::cosim
