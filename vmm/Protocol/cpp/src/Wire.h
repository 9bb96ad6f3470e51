#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dilaton/Messages.h"

// Between the structures of Messages.h and frames. The only part that knows protobuf.
namespace dilaton::cosim::wire {

// Frames of one message: header, and payload if it has blocks.
struct Frames {
    std::string header;
    std::vector<uint8_t> payload;
};

[[nodiscard]] Frames encode(uint64_t sequence, const Hello& hello);
[[nodiscard]] Frames encode(uint64_t sequence, const IntervalDone& done);
[[nodiscard]] Frames encode(uint64_t sequence, const FramesDone& done);
[[nodiscard]] Frames encode(uint64_t sequence, const Bye& bye);
[[nodiscard]] Frames encodeStatisticsDone(uint64_t sequence);
[[nodiscard]] Frames encodePause(uint64_t sequence, const std::string& reason);
[[nodiscard]] Frames encodeResume(uint64_t sequence);
[[nodiscard]] Frames encodeHeartbeat(const std::string& peer, uint64_t progress, uint64_t timePs);

// Throws ProtocolFault if the header is no message that a worker may send, or has another number.
[[nodiscard]] FromWorker decode(const void* header, size_t headerBytes,
                                std::vector<uint8_t> payload, uint64_t sequence);

}  // namespace dilaton::cosim::wire
