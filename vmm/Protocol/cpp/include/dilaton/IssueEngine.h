#pragma once

#include <cstdint>
#include <vector>

#include "dilaton/MemoryKind.h"

namespace dilaton::cosim {

// Parameters of the set `inorder`.
struct IssueParameters {
    uint32_t loadHitCycles = 0;
    uint32_t storeBufferEntries = 1;
    uint64_t unitsPerCycle = 1;
};

// A miss that has issued and waits for its latency.
struct IssueTicket {
    uint64_t atUnits = 0;
    MemoryKind kind = MemoryKind::Load;
    int32_t entry = -1;  // of the store buffer, or -1
};

// What an engine remembers; docs/protocol.md 3.3.
struct IssueState {
    static constexpr uint64_t kUnanswered = UINT64_MAX;

    uint64_t stallUnits = 0;
    uint32_t nextEntry = 0;
    bool blocked = false;
    std::vector<uint64_t> storeDone;  // units
};

// Turns the latency of misses into stall, as docs/time.md section 5 says; one per vCPU.
class IssueEngine {
  public:
    explicit IssueEngine(const IssueParameters& parameters);

    [[nodiscard]] uint64_t stallUnits() const { return state_.stallUnits; }
    [[nodiscard]] bool isBlocked() const { return state_.blocked; }
    [[nodiscard]] const IssueState& state() const { return state_; }

    // Goes on from a state with as many entries as this engine has.
    void restore(IssueState state);

    // Issues the next miss in program order, at `position` units. False if when it issues is not
    // known before an earlier one is answered.
    [[nodiscard]] bool tryIssue(uint64_t position, MemoryKind kind, IssueTicket& ticket);

    // Whether a store can't issue before the answer to the one that holds its entry.
    [[nodiscard]] bool storeWaits() const {
        return state_.storeDone[state_.nextEntry] == IssueState::kUnanswered;
    }

    // Tells an issued miss's latency, in core cycles from its issue.
    void answer(const IssueTicket& ticket, uint64_t latencyCycles);

  private:
    void unblock(uint64_t stallCycles);

    IssueParameters parameters_;
    IssueState state_;
};

}  // namespace dilaton::cosim
