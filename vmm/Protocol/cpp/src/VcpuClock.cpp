#include "dilaton/VcpuClock.h"

#include <numeric>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

using Wide = unsigned __int128;

uint64_t narrow(Wide value) {
    if (value > UINT64_MAX) {
        throw Overflow("a time is beyond 64 bits (conversion)");
    }
    return static_cast<uint64_t>(value);
}

}  // namespace

VcpuClock::VcpuClock(uint64_t frequencyHz, uint64_t unitsPerCycle)
    : frequencyHz_(frequencyHz), unitsPerCycle_(unitsPerCycle) {
    if (frequencyHz == 0 || unitsPerCycle == 0) {
        throw HostFault("a clock needs a frequency and units");
    }
    Wide unitsPerSecond = static_cast<Wide>(frequencyHz) * unitsPerCycle;
    uint64_t rest = static_cast<uint64_t>(unitsPerSecond % kPicosecondsPerSecond);
    uint64_t divisor = std::gcd(kPicosecondsPerSecond, rest);
    picoseconds_ = kPicosecondsPerSecond / divisor;
    units_ = unitsPerSecond / divisor;
    narrowMax_ = units_ <= UINT64_MAX ? UINT64_MAX / picoseconds_ : 0;
}

uint64_t VcpuClock::timeAt(uint64_t units) const {
    if (units <= narrowMax_) {
        return units * picoseconds_ / static_cast<uint64_t>(units_);
    }
    return units == 0 ? 0 : narrow(static_cast<Wide>(units) * picoseconds_ / units_);
}

uint64_t VcpuClock::cyclesCovering(uint64_t picoseconds) const {
    Wide exact = static_cast<Wide>(picoseconds) * frequencyHz_;
    return narrow((exact + (kPicosecondsPerSecond - 1)) / kPicosecondsPerSecond);
}

}  // namespace dilaton::cosim
