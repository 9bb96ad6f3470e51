#pragma once

#include <cstdint>
#include <vector>

#include "FlatMemory.h"
#include "dilaton/Messages.h"
#include "dilaton/ScratchRegisters.h"

namespace dilaton::peer {

// Completes accesses to windows. Behind each that carries data lie the registers of a small device,
// which serves one access at a time; what is timed only goes to the memory.
class ScratchDevice {
  public:
    // `latencyPs` of an access to the registers; 0: there is no device.
    ScratchDevice(FlatMemory& memory, uint64_t latencyPs)
        : memory_(memory), latencyPs_(latencyPs) {}

    // Throws HostFault if a window needs a device that is not there, or a larger one.
    void setWindows(const std::vector<cosim::Window>& windows);

    // Serves an access that comes at this time: how long it takes, and what it loads.
    [[nodiscard]] uint64_t serve(const cosim::Access& access, uint64_t atPs,
                                 std::vector<uint8_t>& data);

  private:
    struct Device {
        cosim::Window window;
        cosim::ScratchRegisters registers;
        uint64_t freeAtPs;
    };

    FlatMemory& memory_;
    uint64_t latencyPs_;
    std::vector<Device> devices_;
};

}  // namespace dilaton::peer
