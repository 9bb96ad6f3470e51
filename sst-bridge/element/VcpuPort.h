#pragma once

#include <sst/core/interfaces/stdMem.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <unordered_map>

#include "VcpuStatistics.h"
#include "dilaton/Messages.h"

namespace dilaton::sst {

// One vCPU's way into SST's memory: turns requests of the wire into those of StandardMem, and
// knows which of them have no answer yet.
class VcpuPort {
  public:
    // `countMax` is the number of requests that may be on their way; 0: any. `modifiesAreReads`:
    // a read-modify-write does not take its line from others.
    VcpuPort(SST::Interfaces::StandardMem* memory, const VcpuStatistics& statistics,
             uint64_t countMax, bool modifiesAreReads);

    [[nodiscard]] SST::Interfaces::StandardMem& memory() const { return *memory_; }
    [[nodiscard]] VcpuStatistics& statistics() { return statistics_; }

    // Writes what is sent to a file, in the text format of SST's Prospero with a clock of 1 GHz.
    // False: it can't be written.
    [[nodiscard]] bool traceTo(const std::string& path);

    // Sends it now. False: too many are on their way; then takeRoom() tells when to try again.
    [[nodiscard]] bool send(const cosim::Request& request, uint64_t lineSizeBytes, uint64_t nowPs);

    // Takes an answer: the ticket of its request. Throws HostFault if there was none.
    [[nodiscard]] uint64_t takeAnswer(SST::Interfaces::StandardMem::Request& answer,
                                      uint64_t nowPs);

    // Whether one was refused, and can be taken now.
    [[nodiscard]] bool takeRoom();

  private:
    struct OnItsWay {
        uint64_t ticket;
        uint64_t sentPs;
    };

    [[nodiscard]] bool writes(cosim::MemoryKind kind) const;

    SST::Interfaces::StandardMem* memory_;  // SST's own
    VcpuStatistics statistics_;
    uint64_t countMax_;
    bool modifiesAreReads_;
    bool refused_ = false;
    std::ofstream trace_;
    std::unordered_map<SST::Interfaces::StandardMem::Request::id_t, OnItsWay> onTheirWay_;
};

}  // namespace dilaton::sst
