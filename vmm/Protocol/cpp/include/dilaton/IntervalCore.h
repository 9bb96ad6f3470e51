#pragma once

#include <cstdint>
#include <vector>

#include "dilaton/AccessTable.h"
#include "dilaton/Messages.h"
#include "dilaton/VcpuTimeline.h"

namespace dilaton::cosim {

// What a peer does with intervals: docs/protocol.md section 4. It holds every vCPU's records,
// issue engine and open requests, and knows no clock but what it is told.
//
//   begin(interval)
//   until isComplete(now): takeDue(now, request), ... answer(ticket, now)
//   done(now)
//
// Times are picoseconds. Every function may throw Overflow.
class IntervalCore {
  public:
    explicit IntervalCore(const Welcome& welcome);

    // Takes an interval. Throws ProtocolFault if it can't be one.
    void begin(const Interval& interval);

    [[nodiscard]] uint64_t number() const { return number_; }
    [[nodiscard]] uint64_t endPs() const { return endPs_; }
    [[nodiscard]] uint32_t vcpuCount() const { return static_cast<uint32_t>(timelines_.size()); }

    // When the earliest request that is ready passes the cut; UINT64_MAX if none is. Requests of
    // vCPUs that were put back wait for resume().
    [[nodiscard]] uint64_t nextIssue() const;

    // Takes the next request with at <= nowPs, in the order of (at, vCPU, order of issue). What it
    // leaves later than its `at` is counted as overload lag. What the interval does not
    // reach is not due: nothing at safeUntil() or later, nothing at its end or later once complete.
    [[nodiscard]] bool takeDue(uint64_t nowPs, Request& request);

    // As takeDue, for a model: requests with at < endPs, and no lag.
    [[nodiscard]] bool takeBefore(uint64_t endPs, Request& request);

    // The host could not take this request: its vCPU waits until resume().
    void putBack(const Request& request, uint64_t nowPs);
    void resume(uint32_t vcpu);

    // Tells the answer to a request. Throws HostFault if it was not taken, was answered, or the
    // latency is below the least one that the worker counts on.
    void answer(uint64_t ticket, uint64_t nowPs);
    void answerLatency(uint64_t ticket, uint64_t latencyPs);

    // Tells that no answer will come to this request, for which nobody waits.
    void post(uint64_t ticket);

    // Takes the next access to a window with at <= nowPs, in the order of (at, vCPU).
    [[nodiscard]] bool takeAccess(uint64_t nowPs, Access& access);

    // Tells that an access is completed. Throws HostFault if it was not taken.
    void completeAccess(uint64_t id, uint64_t atPs, const std::vector<uint8_t>& data);

    // A line that the vCPU's filter must drop.
    void drop(uint32_t vcpu, uint64_t line);

    // How far time may go, whoever waits.
    [[nodiscard]] uint64_t safeUntil() const;

    // Whether the interval is over at this time: docs/protocol.md 4.3.
    [[nodiscard]] bool isComplete(uint64_t nowPs) const;

    // The time at which isComplete or takeDue may next say something new without an answer.
    [[nodiscard]] uint64_t nextWake(uint64_t nowPs) const;

    // Ends the interval: what to tell the worker.
    [[nodiscard]] IntervalDone done(uint64_t reachedPs);

  private:
    [[nodiscard]] VcpuTimeline& timelineOf(uint64_t ticket);
    [[nodiscard]] bool take(uint64_t atMaxPs, Request& request);
    // The vCPU with the earliest ready request; vcpuCount() if there is none.
    [[nodiscard]] size_t earliest() const;

    Welcome welcome_;
    std::vector<VcpuTimeline> timelines_;
    std::vector<bool> refused_;
    AccessTable accesses_;
    uint64_t number_ = 0;
    uint64_t endPs_ = 0;
    uint64_t limitPs_ = 0;
    uint64_t reachedPs_ = 0;
};

}  // namespace dilaton::cosim
