#pragma once

#include <sst/core/statapi/statbase.h>

#include <cstdint>

namespace dilaton::sst {

// What is counted for one network interface, in SST's own statistics. Nothing here depends on the
// host.
struct NicStatistics {
    using Counter = SST::Statistics::Statistic<uint64_t>;

    Counter* framesSent = nullptr;  // a broadcast once
    Counter* bytesSent = nullptr;
    Counter* packetsSent = nullptr;  // each copy of a broadcast
    Counter* framesReceived = nullptr;
    Counter* bytesReceived = nullptr;
    Counter* packetsReceived = nullptr;
    Counter* dropped = nullptr;     // no room to wait in
    Counter* oversize = nullptr;    // above the MTU
    Counter* unroutable = nullptr;  // to nobody, or to the sender
    Counter* stalls = nullptr;      // times that the network took no more
    Counter* sendWait = nullptr;    // ps, one per packet
    Counter* transit = nullptr;     // ps, one per frame
};

}  // namespace dilaton::sst
