#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace dilaton::sst {

class NicPacket;

// Puts frames together from their packets, in whatever order these come.
class FrameAssembly {
  public:
    // True: its frame is whole, and in `frame`. Throws HostFault if it fits no frame.
    [[nodiscard]] bool take(NicPacket& packet, std::vector<uint8_t>& frame);

  private:
    struct Part {
        std::vector<uint8_t> bytes;
        uint32_t missing = 0;
    };

    std::map<std::pair<uint32_t, uint64_t>, Part> parts_;  // by source and number
};

}  // namespace dilaton::sst
