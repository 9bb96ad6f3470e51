#pragma once

#include <cstdint>

namespace dilaton::cosim {

// Converts between cost units, core cycles and picoseconds of one vCPU; exact, docs/time.md 1.2.
class VcpuClock {
  public:
    static constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;

    // Throws HostFault if either is zero.
    VcpuClock(uint64_t frequencyHz, uint64_t unitsPerCycle);

    // The instant (ps) at which a total of units is reached, rounded down.
    [[nodiscard]] uint64_t timeAt(uint64_t units) const;

    // Fewest whole cycles that cover a span of picoseconds.
    [[nodiscard]] uint64_t cyclesCovering(uint64_t picoseconds) const;

    [[nodiscard]] uint64_t unitsPerCycle() const { return unitsPerCycle_; }

  private:
    uint64_t frequencyHz_;
    uint64_t unitsPerCycle_;
    // Picoseconds per unit, in lowest terms.
    uint64_t picoseconds_;
    unsigned __int128 units_;
    uint64_t narrowMax_;  // up to this many units 64-bit arithmetic will do
};

}  // namespace dilaton::cosim
