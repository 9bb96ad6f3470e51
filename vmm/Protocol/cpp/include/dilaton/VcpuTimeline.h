#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "dilaton/IssueEngine.h"
#include "dilaton/Messages.h"
#include "dilaton/RecordColumns.h"
#include "dilaton/VcpuClock.h"

namespace dilaton::cosim {

// One vCPU's records on their way from the worker to their answer.
//
//   pending ──issue()──> ready ──take()──> on its way ──answer()──> gone
//      │ │                 ^ ^                 │
//      │ └──────> parked ──┘ └────putBack()────┘
//      └── in front of the cut: gone
//
// Open is what is ready or on its way. Parked is, with `interval`, what has dispatched and waits
// for the answer to another.
class VcpuTimeline {
  public:
    VcpuTimeline(uint32_t vcpu, const VcpuInfo& info, uint64_t minLatencyPs);

    // Takes this vCPU's part of an interval, with the state that the worker sent, if any.
    void begin(const VcpuInput& input, std::optional<IssueState> state,
               const std::vector<Record>& records);

    // Issues records as far as their time is known. Called by begin's caller and by answer.
    void issue();

    // The earliest ready request's `at`; UINT64_MAX if none is ready.
    [[nodiscard]] uint64_t readyAt() const {
        return ready_.empty() ? UINT64_MAX : ready_.front().atPs;
    }
    // Takes that request. `order` counts this vCPU's requests.
    [[nodiscard]] Request take();
    void putBack(const Request& request);
    void addLag(uint64_t picoseconds);
    void removeLag(uint64_t picoseconds) { output_.overloadLagPs -= picoseconds; }

    // Throws HostFault if the request is not on its way or the latency below the least.
    void answer(uint64_t order, uint64_t latencyPs);
    // When the request on its way passed the cut. Throws HostFault if there is none.
    [[nodiscard]] uint64_t sentAt(uint64_t order) const;
    [[nodiscard]] MemoryKind kindOf(uint64_t order) const;

    // Whether the core waits for the answer to a request that passed the cut before `endPs`.
    [[nodiscard]] bool waitsForOneBefore(uint64_t endPs) const;

    // Time before which this vCPU makes no further record; UINT64_MAX while it can't make any.
    [[nodiscard]] uint64_t floorPs() const;

    void addDrop(uint64_t line) { output_.drops.push_back(line); }

    // What happened since the last call.
    [[nodiscard]] VcpuOutput finish();

  private:
    struct Slot {
        OpenRequest open;
        uint64_t line = 0;
        uint64_t number = 0;
        bool onItsWay = false;
        bool answered = false;
    };
    struct Ready {
        uint64_t atPs;
        uint64_t number;
        uint64_t order;
    };
    struct Parked {
        uint64_t ticketOrder;
        uint64_t number;
        Record record;
    };

    void addRecords(const std::vector<Record>& records);
    void send(const Record& record, const IssueTicket& ticket, uint64_t number);
    void open(const Record& record, const IssueTicket& ticket, uint64_t number);
    // Sends parked records that wait for nothing any more.
    void release();
    [[nodiscard]] bool coreStands() const { return engine_.isBlocked() || head_ < pending_.size(); }
    [[nodiscard]] const Slot& onItsWay(uint64_t order) const;
    [[nodiscard]] bool hasOpen() const { return !slots_.empty(); }
    // Order of the request whose answer the core waits for; UINT64_MAX if it does not wait.
    [[nodiscard]] uint64_t waitedFor() const;
    [[nodiscard]] uint64_t waitedForOutOfOrder() const;
    static bool isLater(const Ready& a, const Ready& b);

    uint32_t vcpu_;
    VcpuInfo info_;
    uint64_t minLatencyPs_;
    VcpuClock clock_;
    IssueEngine engine_;
    std::vector<Record> pending_;
    size_t head_ = 0;
    uint64_t number_ = 0;  // records that have dispatched
    std::vector<Parked> parked_;
    uint64_t lastPosition_ = 0;
    std::deque<Slot> slots_;    // open requests by order; answered ones leave from the front
    uint64_t firstOrder_ = 0;   // order of slots_.front()
    std::vector<Ready> ready_;  // heap, earliest (at, number) first
    uint64_t blockingOrder_ = 0;
    std::vector<uint64_t> entryOrder_;  // request that holds each store buffer entry
    uint64_t answerFloorPs_ = 0;
    uint64_t floorUnits_ = 0;
    bool idle_ = false;
    VcpuOutput output_;
};

}  // namespace dilaton::cosim
