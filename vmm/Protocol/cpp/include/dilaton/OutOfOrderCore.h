#pragma once

#include <cstdint>
#include <vector>

#include "dilaton/IssueMiss.h"
#include "dilaton/IssueState.h"

namespace dilaton::cosim {

// Parameter set `interval` of the issue engine, docs/time.md section 5: an out-of-order core as
// interval simulation sees it.
//
//   dispatch (program order)      producer, register     latency
//   ──────────────────────> parked ────────────────> issued ────> done ──> retired
//      blocked while what it waits for is unknown
class OutOfOrderCore {
  public:
    explicit OutOfOrderCore(const IssueParameters& parameters);

    [[nodiscard]] uint64_t stallUnits() const { return stallUnits_; }
    [[nodiscard]] bool isBlocked() const { return blockingOrder_ != IssueMiss::kNone; }
    // Order of the fetch, atomic or misprediction that blocks; kNone if none does.
    [[nodiscard]] uint64_t blockingOrder() const { return blockingOrder_; }

    [[nodiscard]] IssueState state() const;
    void restore(const IssueState& state);

    [[nodiscard]] IssueOutcome dispatch(const IssueMiss& miss, IssueTicket& ticket);
    [[nodiscard]] bool tryRelease(IssueTicket& ticket);
    void answer(const IssueTicket& ticket, uint64_t latencyCycles);

    // Order of what must be answered next before this miss can dispatch; kNone if it can.
    [[nodiscard]] uint64_t awaitedBy(const IssueMiss& miss) const;
    // Likewise before the parked miss of this order can issue; kNone if none of this order is
    // parked.
    [[nodiscard]] uint64_t awaitedByParked(uint64_t order) const;

  private:
    struct Load {
        uint64_t position = 0;
        uint64_t program = 0;
        uint64_t done = 0;
        uint64_t order = 0;
    };
    struct Holder {
        uint64_t done = 0;
        uint64_t order = 0;
    };
    // A parked miss, and the orders of those that it waits for; kNone: of none.
    struct Waiting {
        IssueTicket ticket;
        uint64_t producer = IssueMiss::kNone;
        uint64_t holder = IssueMiss::kNone;

        [[nodiscard]] bool isReady() const {
            return producer == IssueMiss::kNone && holder == IssueMiss::kNone;
        }
        void hear(uint64_t order, uint64_t done);
    };

    [[nodiscard]] const Load& loadAt(uint32_t index) const {
        return loads_[(firstLoad_ + index) % loads_.size()];
    }
    void removeFirst();
    IssueOutcome dispatchLoad(const IssueMiss& miss, IssueTicket& ticket);
    IssueOutcome dispatchStore(const IssueMiss& miss, IssueTicket& ticket);
    // Takes a miss register, in program order, and issues unless something is unknown.
    IssueOutcome issue(const IssueMiss& miss, uint64_t at, uint32_t entry, Waiting waiting,
                       IssueTicket& ticket);
    // When the load that made the address is done, if it is in flight.
    void findProducer(uint64_t producer, uint64_t& at, Waiting& waiting) const;
    // The youngest load in flight of that instruction; null if there is none.
    [[nodiscard]] const Load* loadOf(uint64_t program) const;
    // What comes after a mispredicted branch dispatches when the load that it looks at is done.
    // False if when is not known.
    [[nodiscard]] bool resolve(const IssueMiss& branch);
    // Moves the window so that the position is in it. False if when is not known.
    [[nodiscard]] bool retire(uint64_t position);
    [[nodiscard]] bool drainLoads(uint64_t position);
    [[nodiscard]] bool drainStores(uint64_t position);
    // What is at this position dispatches no sooner than then.
    void standUntil(uint64_t done, uint64_t position);

    uint64_t windowUnits_;
    uint64_t unitsPerCycle_;
    std::vector<Load> loads_;  // a ring
    std::vector<Holder> stores_;
    std::vector<Holder> registers_;
    std::vector<Waiting> parked_;  // in the order of dispatch
    uint32_t firstLoad_ = 0;
    uint32_t loadCount_ = 0;
    uint32_t nextStore_ = 0;
    uint32_t nextRegister_ = 0;
    uint64_t order_ = 0;
    uint64_t blockingOrder_ = IssueMiss::kNone;
    uint64_t stallUnits_ = 0;
};

}  // namespace dilaton::cosim
