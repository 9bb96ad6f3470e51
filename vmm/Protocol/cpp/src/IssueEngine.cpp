#include "dilaton/IssueEngine.h"

#include <utility>

#include "dilaton/Checked.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim {

IssueEngine::IssueEngine(const IssueParameters& parameters) : parameters_(parameters) {
    if (parameters.storeBufferEntries == 0 || parameters.unitsPerCycle == 0) {
        throw HostFault("an issue engine needs a store buffer entry and a unit a cycle");
    }
    state_.storeDone.assign(parameters.storeBufferEntries, 0);
    if (parameters.windowUnits > 0) {
        core_.emplace(parameters);
    }
}

void IssueEngine::restore(IssueState state) {
    if (core_) {
        core_->restore(state);
        return;
    }
    if (state.storeDone.size() != state_.storeDone.size() ||
        state.nextEntry >= state.storeDone.size()) {
        throw HostFault("the state is that of another issue engine");
    }
    state_ = std::move(state);
}

IssueOutcome IssueEngine::dispatch(const IssueMiss& miss, IssueTicket& ticket) {
    if (core_) {
        return core_->dispatch(miss, ticket);
    }
    return tryIssue(miss.position, miss.kind, ticket) ? IssueOutcome::Issued
                                                      : IssueOutcome::Blocked;
}

bool IssueEngine::tryIssue(uint64_t position, MemoryKind kind, IssueTicket& ticket) {
    uint64_t at = checkedAdd(position, state_.stallUnits);
    if (state_.blocked) {
        return false;
    }
    ticket = IssueTicket{at, kind};
    if (kind != MemoryKind::Store) {
        state_.blocked = coreWaits(kind) || kind == kMispredict;
        return true;
    }

    uint64_t done = state_.storeDone[state_.nextEntry];
    if (done == IssueState::kUnanswered) {
        return false;
    }
    if (done > at) {
        state_.stallUnits = checkedAdd(state_.stallUnits, done - at);
        ticket.atUnits = done;
    }
    ticket.entry = static_cast<int32_t>(state_.nextEntry);
    state_.storeDone[state_.nextEntry] = IssueState::kUnanswered;
    state_.nextEntry = state_.nextEntry + 1 == state_.storeDone.size() ? 0 : state_.nextEntry + 1;
    return true;
}

void IssueEngine::answer(const IssueTicket& ticket, uint64_t latencyCycles) {
    if (core_) {
        core_->answer(ticket, latencyCycles);
        return;
    }
    if (ticket.kind == kMispredict) {
        unblock(latencyCycles);
        return;
    }
    switch (ticket.kind) {
        case MemoryKind::Load:
        case MemoryKind::Atomic:
        case MemoryKind::Modify:
            unblock(latencyCycles > parameters_.loadHitCycles
                        ? latencyCycles - parameters_.loadHitCycles
                        : 0);
            break;
        case MemoryKind::Fetch:
            unblock(latencyCycles);
            break;
        case MemoryKind::Store: {
            uint64_t& done = state_.storeDone.at(static_cast<size_t>(ticket.entry));
            if (done != IssueState::kUnanswered) {
                throw HostFault("a store is answered twice");
            }
            done = checkedAdd(ticket.atUnits,
                              checkedMultiply(latencyCycles, parameters_.unitsPerCycle));
            break;
        }
        default:
            break;
    }
}

void IssueEngine::unblock(uint64_t stallCycles) {
    if (!state_.blocked) {
        throw HostFault("an answer comes to a core that does not wait");
    }
    state_.blocked = false;
    state_.stallUnits =
        checkedAdd(state_.stallUnits, checkedMultiply(stallCycles, parameters_.unitsPerCycle));
}

}  // namespace dilaton::cosim
