#include "FrameAssembly.h"

#include <algorithm>
#include <string>

#include "NicPacket.h"
#include "dilaton/Errors.h"

namespace dilaton::sst {

bool FrameAssembly::take(NicPacket& packet, std::vector<uint8_t>& frame) {
    const auto count = static_cast<uint32_t>(packet.bytes.size());
    if (count == packet.bytesAll) {
        frame = std::move(packet.bytes);
        return true;
    }
    const std::pair<uint32_t, uint64_t> key{packet.source, packet.frame};
    Part& part = parts_[key];
    if (part.bytes.empty()) {
        part.bytes.resize(packet.bytesAll);
        part.missing = packet.bytesAll;
    }
    if (part.bytes.size() != packet.bytesAll || packet.offset > packet.bytesAll ||
        count > packet.bytesAll - packet.offset || count > part.missing) {
        throw cosim::HostFault("a packet of node " + std::to_string(packet.source) +
                               " came twice, or fits no frame");
    }
    std::copy(packet.bytes.begin(), packet.bytes.end(),
              part.bytes.begin() + static_cast<std::ptrdiff_t>(packet.offset));
    part.missing -= count;
    if (part.missing > 0) {
        return false;
    }
    frame = std::move(part.bytes);
    parts_.erase(key);
    return true;
}

}  // namespace dilaton::sst
