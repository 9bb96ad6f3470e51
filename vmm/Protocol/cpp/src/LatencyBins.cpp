#include "dilaton/LatencyBins.h"

#include <algorithm>

namespace dilaton::cosim {

uint32_t latencyBin(uint64_t latencyPs) {
    uint32_t shift = 0;
    while (latencyPs >> shift >= 32) {
        shift++;
    }
    return 16 * shift + static_cast<uint32_t>(latencyPs >> shift);
}

void countLatency(LatencyBins& bins, uint64_t latencyPs) {
    const uint32_t bin = latencyBin(latencyPs);
    const auto at =
        std::lower_bound(bins.begin(), bins.end(), std::pair<uint32_t, uint64_t>(bin, 0));
    if (at != bins.end() && at->first == bin) {
        at->second++;
    } else {
        bins.insert(at, {bin, 1});
    }
}

}  // namespace dilaton::cosim
