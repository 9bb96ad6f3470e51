#pragma once

#include <cstdint>
#include <vector>

#include "dilaton/Messages.h"

// Frames in a payload: docs/protocol.md 8.2. The decoder checks all it reads, and throws
// ProtocolFault with what is wrong.
namespace dilaton::cosim {

[[nodiscard]] std::vector<Frame> decodeFrames(const std::vector<uint8_t>& payload, uint64_t offset,
                                              uint32_t count, uint64_t sizeBytes);

// Appends the columns. Returns the bytes of all frames together.
uint64_t encodeFrames(const std::vector<Frame>& frames, std::vector<uint8_t>& payload);

// What docs/protocol.md 8.4 says of a Frames that comes when the network has reached `reachedPs`.
void checkFrames(const FramesRequest& request, uint64_t expectedNumber, uint64_t reachedPs,
                 uint32_t ports);

}  // namespace dilaton::cosim
