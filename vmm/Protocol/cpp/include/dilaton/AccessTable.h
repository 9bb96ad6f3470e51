#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "dilaton/Messages.h"

namespace dilaton::cosim {

// Accesses to windows, one of each vCPU at most: docs/protocol.md 4.8.
//
//   begin ──> waiting ──(takeDue)──> taken ──(complete)──> completed ──(takeCompleted)──> none
//
// Times are picoseconds.
class AccessTable {
  public:
    explicit AccessTable(const Welcome& welcome);

    // Takes an interval's accesses. Throws ProtocolFault if one can't be.
    void begin(const Interval& interval, uint64_t reachedPs);

    // Not completed: its vCPU waits.
    [[nodiscard]] bool isOpen(size_t vcpu) const;
    [[nodiscard]] bool isAnyOpen() const;

    // When the earliest access that was not taken begins; UINT64_MAX if there is none.
    [[nodiscard]] uint64_t nextIssue() const;

    // Takes the next one with at <= nowPs, in the order of (at, vCPU).
    [[nodiscard]] bool takeDue(uint64_t nowPs, Access& access);

    // Throws HostFault if it was not taken, was completed, or this is no completion of it.
    void complete(uint64_t id, uint64_t atPs, const std::vector<uint8_t>& data);

    // Those not told of yet.
    [[nodiscard]] std::vector<Completion> takeCompleted();

    // No record of the vCPU comes before this.
    [[nodiscard]] uint64_t floorPs(size_t vcpu) const { return slots_[vcpu].completion.atPs; }

  private:
    enum class State : uint8_t { None, Waiting, Taken, Completed };

    struct Slot {
        State state = State::None;
        Access access;
        Completion completion;
    };

    void check(const Access& access, const Interval& interval, uint64_t reachedPs) const;
    [[nodiscard]] const Window* windowOf(const Access& access) const;
    [[nodiscard]] size_t earliest() const;

    std::vector<Window> windows_;
    std::vector<Slot> slots_;
    uint64_t lastId_ = 0;
};

}  // namespace dilaton::cosim
