#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "dilaton/Peer.h"

namespace dilaton::peer {

enum class FaultKind : uint8_t {
    None,
    Die,
    Hang,
    Twice,
    OutOfOrder,
    Garbage,
    Flood,
    Early,
    CompleteTwice,
    CompleteUnknown,
    CompleteEarly,
    CompleteShort,
    CompleteNever
};

struct FaultOptions {
    FaultKind kind = FaultKind::None;
    uint64_t interval = 0;    // in which the fault happens, from 1
    uint64_t delayMinPs = 0;  // of host time, slept in every interval
    uint64_t delayMaxPs = 0;
    uint64_t seed = 1;
};

// Breaks what a peer promises, as asked: tests of the worker need it.
class FaultInjector : public cosim::IntervalObserver {
  public:
    explicit FaultInjector(const FaultOptions& options);

    void onInterval(const cosim::Interval& interval) override;
    [[nodiscard]] bool onDone(cosim::Connection& connection, cosim::IntervalDone& done) override;

  private:
    void breakCompletions(cosim::IntervalDone& done) const;
    void sleep();

    FaultOptions options_;
    std::mt19937_64 random_;
};

}  // namespace dilaton::peer
