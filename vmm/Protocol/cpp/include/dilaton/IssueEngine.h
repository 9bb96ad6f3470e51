#pragma once

#include <cstdint>
#include <optional>

#include "dilaton/IssueMiss.h"
#include "dilaton/IssueState.h"
#include "dilaton/MemoryKind.h"
#include "dilaton/OutOfOrderCore.h"

namespace dilaton::cosim {

// Turns the latency of misses into stall, as docs/time.md section 5 says; one per vCPU. The set
// `inorder` is here, `interval` in OutOfOrderCore.
class IssueEngine {
  public:
    explicit IssueEngine(const IssueParameters& parameters);

    [[nodiscard]] uint64_t stallUnits() const {
        return core_ ? core_->stallUnits() : state_.stallUnits;
    }
    // Nothing goes on before an answer: with `inorder` to a load, atomic, modify, fetch or
    // misprediction, with `interval` to an atomic, fetch or misprediction.
    [[nodiscard]] bool isBlocked() const { return core_ ? core_->isBlocked() : state_.blocked; }
    [[nodiscard]] bool isOutOfOrder() const { return core_.has_value(); }
    [[nodiscard]] IssueState state() const { return core_ ? core_->state() : state_; }

    // Goes on from a state with as many entries as this engine has. With `interval` nothing may be
    // unanswered, here or there.
    void restore(IssueState state);

    // Dispatches the next miss in program order; with `inorder` it issues at once.
    [[nodiscard]] IssueOutcome dispatch(const IssueMiss& miss, IssueTicket& ticket);

    // The first of the parked misses that can issue now.
    [[nodiscard]] bool tryRelease(IssueTicket& ticket) {
        return core_.has_value() && core_->tryRelease(ticket);
    }

    // With `interval`: the ticket's order of what must be answered next before this miss can
    // dispatch; IssueMiss::kNone if it can.
    [[nodiscard]] uint64_t awaitedBy(const IssueMiss& miss) const {
        return core_.value().awaitedBy(miss);
    }
    [[nodiscard]] uint64_t awaitedByBlocked() const { return core_.value().blockingOrder(); }
    // Likewise before the parked miss of this order can issue; kNone if it is not parked.
    [[nodiscard]] uint64_t awaitedByParked(uint64_t order) const {
        return core_.value().awaitedByParked(order);
    }

    // With `inorder`: issues the next miss in program order, at `position` units. False if when it
    // issues is not known before an earlier one is answered.
    [[nodiscard]] bool tryIssue(uint64_t position, MemoryKind kind, IssueTicket& ticket);

    // With `inorder`: the store buffer's entry that the next store takes.
    [[nodiscard]] uint32_t nextEntry() const { return state_.nextEntry; }

    // Tells an issued miss's latency, in core cycles from its issue.
    void answer(const IssueTicket& ticket, uint64_t latencyCycles);

  private:
    void unblock(uint64_t stallCycles);

    IssueParameters parameters_;
    IssueState state_;
    std::optional<OutOfOrderCore> core_;
};

}  // namespace dilaton::cosim
