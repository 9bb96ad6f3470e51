#include "dilaton/VcpuTimeline.h"

#include <algorithm>
#include <string>
#include <utility>

#include "dilaton/Checked.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

constexpr uint64_t kNone = UINT64_MAX;

std::string name(uint32_t vcpu) {
    return "vcpu " + std::to_string(vcpu) + ": ";
}

}  // namespace

VcpuTimeline::VcpuTimeline(uint32_t vcpu, const VcpuInfo& info, uint64_t minLatencyPs)
    : vcpu_(vcpu),
      info_(info),
      minLatencyPs_(minLatencyPs),
      clock_(info.frequencyHz, info.unitsPerCycle),
      engine_(info.issue()),
      entryOrder_(info.storeBufferEntries, kNone) {}

void VcpuTimeline::begin(const VcpuInput& input, std::optional<IssueState> state,
                         const std::vector<Record>& records) {
    floorUnits_ = input.floorUnits;
    idle_ = input.idle;
    if (state.has_value()) {
        if (head_ < pending_.size() || hasOpen() || !parked_.empty()) {
            throw ProtocolFault(name(vcpu_) + "a state comes while records are on their way");
        }
        engine_.restore(std::move(*state));
    }
    addRecords(records);
}

void VcpuTimeline::addRecords(const std::vector<Record>& records) {
    for (const Record& record : records) {
        if (record.position < lastPosition_) {
            throw ProtocolFault(name(vcpu_) + "a record at " + std::to_string(record.position) +
                                " units comes after one at " + std::to_string(lastPosition_));
        }
        lastPosition_ = record.position;
    }
    if (head_ > pending_.size() / 2) {
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
    pending_.insert(pending_.end(), records.begin(), records.end());
}

void VcpuTimeline::issue() {
    release();
    IssueTicket ticket;
    while (head_ < pending_.size()) {
        const Record& record = pending_[head_];
        const IssueOutcome outcome = engine_.dispatch(record.miss(), ticket);
        if (outcome == IssueOutcome::Blocked) {
            return;
        }
        const uint64_t number = number_++;
        if (outcome == IssueOutcome::Parked) {
            parked_.push_back({ticket.order, number, record});
        } else {
            send(record, ticket, number);
            release();
        }
        head_++;
        output_.issued++;
    }
    pending_.clear();
    head_ = 0;
}

void VcpuTimeline::release() {
    IssueTicket ticket;
    while (engine_.tryRelease(ticket)) {
        const auto found = std::find_if(
            parked_.begin(), parked_.end(),
            [&ticket](const Parked& parked) { return parked.ticketOrder == ticket.order; });
        const Parked parked = *found;
        parked_.erase(found);
        send(parked.record, ticket, parked.number);
    }
}

void VcpuTimeline::send(const Record& record, const IssueTicket& ticket, uint64_t number) {
    if (record.behindCut) {
        open(record, ticket, number);
    } else {
        engine_.answer(ticket, record.cycles);
    }
}

void VcpuTimeline::open(const Record& record, const IssueTicket& ticket, uint64_t number) {
    const uint64_t known = checkedMultiply(record.cycles, clock_.unitsPerCycle());
    // A request can't pass the cut before the answer that its core waited for has come; what it
    // waits for that is part of its latency.
    uint64_t at = clock_.timeAt(checkedAdd(ticket.atUnits, known));
    uint64_t cycles = record.cycles;
    if (at < answerFloorPs_) {
        cycles = checkedAdd(cycles, clock_.cyclesCovering(answerFloorPs_ - at));
        at = answerFloorPs_;
    }
    const uint64_t order = firstOrder_ + slots_.size();
    if (coreWaits(ticket.kind)) {
        blockingOrder_ = order;
    } else if (ticket.kind == MemoryKind::Store) {
        entryOrder_[static_cast<size_t>(ticket.entry)] = order;
    }
    slots_.push_back(
        {{ticket, at, static_cast<uint32_t>(cycles)}, record.line, number, false, false});
    ready_.push_back({at, number, order});
    std::push_heap(ready_.begin(), ready_.end(), isLater);
}

Request VcpuTimeline::take() {
    const uint64_t order = ready_.front().order;
    std::pop_heap(ready_.begin(), ready_.end(), isLater);
    ready_.pop_back();
    Slot& slot = slots_[order - firstOrder_];
    slot.onItsWay = true;
    return {order, vcpu_, slot.open.atPs, slot.line, slot.open.ticket.kind};
}

void VcpuTimeline::putBack(const Request& request) {
    (void)onItsWay(request.ticket);
    slots_[request.ticket - firstOrder_].onItsWay = false;
    // Before what has issued since, also before an earlier one that was parked till now: a host may
    // have it half sent.
    ready_.push_back({request.atPs, 0, request.ticket});
    std::push_heap(ready_.begin(), ready_.end(), isLater);
}

void VcpuTimeline::addLag(uint64_t picoseconds) {
    output_.overloadLagPs = checkedAdd(output_.overloadLagPs, picoseconds);
}

const VcpuTimeline::Slot& VcpuTimeline::onItsWay(uint64_t order) const {
    if (order < firstOrder_ || order - firstOrder_ >= slots_.size() ||
        !slots_[order - firstOrder_].onItsWay) {
        throw HostFault(name(vcpu_) + "an answer comes to a request that is not on its way");
    }
    return slots_[order - firstOrder_];
}

uint64_t VcpuTimeline::sentAt(uint64_t order) const {
    return onItsWay(order).open.atPs;
}

MemoryKind VcpuTimeline::kindOf(uint64_t order) const {
    return onItsWay(order).open.ticket.kind;
}

void VcpuTimeline::answer(uint64_t order, uint64_t latencyPs) {
    const Slot slot = onItsWay(order);
    if (latencyPs < minLatencyPs_) {
        throw HostFault(name(vcpu_) + "the latency of " + std::to_string(latencyPs) +
                        " ps is below min_latency_ps, " + std::to_string(minLatencyPs_) + " ps");
    }
    const IssueTicket& ticket = slot.open.ticket;
    engine_.answer(ticket, checkedAdd(slot.open.cycles, clock_.cyclesCovering(latencyPs)));
    if (engine_.isOutOfOrder()) {
        output_.answers.push_back({slot.number, latencyPs});
    } else if (coreWaits(ticket.kind)) {
        answerFloorPs_ = checkedAdd(slot.open.atPs, latencyPs);
    }
    output_.answered++;
    output_.latencySumPs = checkedAdd(output_.latencySumPs, latencyPs);
    output_.latencyMaxPs = std::max(output_.latencyMaxPs, latencyPs);
    if (output_.latencyBins.empty() || latencyPs < output_.latencyMinPs) {
        output_.latencyMinPs = latencyPs;
    }
    countLatency(output_.latencyBins, latencyPs);
    slots_[order - firstOrder_].onItsWay = false;
    slots_[order - firstOrder_].answered = true;
    while (!slots_.empty() && slots_.front().answered) {
        slots_.pop_front();
        firstOrder_++;
    }
    issue();
}

uint64_t VcpuTimeline::waitedFor() const {
    if (engine_.isOutOfOrder()) {
        return waitedForOutOfOrder();
    }
    if (engine_.isBlocked()) {
        return blockingOrder_;
    }
    if (head_ < pending_.size()) {
        // What is left can only wait for the oldest store.
        return entryOrder_[engine_.nextEntry()];
    }
    return kNone;
}

uint64_t VcpuTimeline::waitedForOutOfOrder() const {
    uint64_t ticketOrder = head_ < pending_.size() ? engine_.awaitedBy(pending_[head_].miss())
                                                   : engine_.awaitedByBlocked();
    // What is parked waits for an earlier one, in the end for one that is open.
    for (uint64_t next = ticketOrder; next != kNone; next = engine_.awaitedByParked(next)) {
        ticketOrder = next;
    }
    for (size_t i = 0; i < slots_.size() && ticketOrder != kNone; i++) {
        if (!slots_[i].answered && slots_[i].open.ticket.order == ticketOrder) {
            return firstOrder_ + i;
        }
    }
    return kNone;
}

bool VcpuTimeline::waitsForOneBefore(uint64_t endPs) const {
    const uint64_t order = waitedFor();
    return order != kNone && slots_[order - firstOrder_].open.atPs < endPs;
}

uint64_t VcpuTimeline::floorPs() const {
    // Nothing is left pending but what waits for an answer.
    if (idle_ || coreStands()) {
        return kNone;
    }
    return std::max(answerFloorPs_, clock_.timeAt(checkedAdd(floorUnits_, engine_.stallUnits())));
}

VcpuOutput VcpuTimeline::finish() {
    output_.state = engine_.state();
    for (const Slot& slot : slots_) {
        if (!slot.answered && !engine_.isOutOfOrder()) {
            output_.open.push_back(slot.open);
        }
    }
    return std::exchange(output_, VcpuOutput{});
}

bool VcpuTimeline::isLater(const Ready& a, const Ready& b) {
    return a.atPs != b.atPs ? a.atPs > b.atPs : a.number > b.number;
}

}  // namespace dilaton::cosim
