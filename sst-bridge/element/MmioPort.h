#pragma once

#include <sst/core/interfaces/stdMem.h>
#include <sst/core/statapi/statbase.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "dilaton/Messages.h"

namespace dilaton::sst {

// The way of the vCPUs' accesses to windows into SST: noncacheable reads and writes that go to
// whatever claims their addresses, and bring their data back.
class MmioPort {
  public:
    using Counter = SST::Statistics::Statistic<uint64_t>;

    struct Completed {
        uint64_t access = 0;
        std::vector<uint8_t> data;
    };

    MmioPort(Counter* loads, Counter* stores, Counter* latency)
        : loads_(loads), stores_(stores), latency_(latency) {}

    // Sends it by this interface, now.
    void send(SST::Interfaces::StandardMem& memory, const cosim::Access& access, uint64_t nowPs);

    // Whether this answers an access of ours; then it is completed. Throws HostFault if SST failed
    // it.
    [[nodiscard]] bool take(SST::Interfaces::StandardMem::Request& answer, uint64_t nowPs,
                            Completed& completed);

  private:
    struct OnItsWay {
        uint64_t access;
        uint64_t sentPs;
    };

    Counter* loads_;
    Counter* stores_;
    Counter* latency_;
    std::unordered_map<SST::Interfaces::StandardMem::Request::id_t, OnItsWay> onTheirWay_;
};

}  // namespace dilaton::sst
