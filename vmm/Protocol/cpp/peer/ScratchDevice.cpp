#include "ScratchDevice.h"

#include <algorithm>

#include "dilaton/Checked.h"
#include "dilaton/Errors.h"

namespace dilaton::peer {

namespace {

// As much of a window as its device fills.
constexpr uint64_t kDeviceBytesMax = uint64_t{64} << 10;

}  // namespace

void ScratchDevice::setWindows(const std::vector<cosim::Window>& windows) {
    for (const cosim::Window& window : windows) {
        if (window.timedOnly) {
            continue;
        }
        if (latencyPs_ == 0) {
            throw cosim::HostFault("window '" + window.name +
                                   "' is of a device, and there is none: --device-latency");
        }
        const uint64_t size =
            std::clamp(window.sizeBytes, cosim::ScratchRegisters::kSizeBytesMin, kDeviceBytesMax);
        devices_.push_back({window, cosim::ScratchRegisters(static_cast<size_t>(size)), 0});
    }
}

uint64_t ScratchDevice::serve(const cosim::Access& access, uint64_t atPs,
                              std::vector<uint8_t>& data) {
    if (access.timedOnly) {
        const cosim::MemoryKind kind =
            access.store ? cosim::MemoryKind::Store : cosim::MemoryKind::Load;
        return memory_.serve(atPs, access.address, kind);
    }
    for (Device& device : devices_) {
        const uint64_t offset = access.address - device.window.begin;
        if (access.address < device.window.begin || offset >= device.window.sizeBytes) {
            continue;
        }
        if (access.store) {
            device.registers.store(offset, access.data);
        } else {
            data = device.registers.load(offset, access.sizeBytes);
        }
        device.freeAtPs = cosim::checkedAdd(std::max(atPs, device.freeAtPs), latencyPs_);
        return device.freeAtPs - atPs;
    }
    throw cosim::HostFault("access " + std::to_string(access.id) + " goes to no device");
}

}  // namespace dilaton::peer
