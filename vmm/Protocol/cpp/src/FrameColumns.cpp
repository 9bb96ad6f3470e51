#include "dilaton/FrameColumns.h"

#include <string>

#include "PayloadColumns.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim {

using namespace columns;

std::vector<Frame> decodeFrames(const std::vector<uint8_t>& payload, uint64_t offset,
                                uint32_t count, uint64_t sizeBytes) {
    std::vector<Frame> frames;
    if (count == 0 && sizeBytes == 0) {
        return frames;
    }
    if (sizeBytes > payload.size()) {
        throw ProtocolFault("frames of " + std::to_string(sizeBytes) +
                            " bytes are not within the payload");
    }
    const uint64_t columnBytes = uint64_t{count} * 8 + 2 * padded(uint64_t{count} * 4);
    checkBlock(payload, offset, columnBytes + padded(sizeBytes), "a block of frames");
    Columns block(payload, offset);
    const uint8_t* times = block.next<uint64_t>(count);
    const uint8_t* ports = block.next<uint32_t>(count);
    const uint8_t* lengths = block.next<uint32_t>(count);
    const uint8_t* bytes = block.next<uint8_t>(sizeBytes);
    uint64_t left = sizeBytes;
    frames.reserve(count);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t length = load<uint32_t>(lengths, i);
        if (length == 0 || length > kFrameBytesMax || length > left) {
            throw ProtocolFault("frame " + std::to_string(i) + " has " + std::to_string(length) +
                                " bytes");
        }
        frames.push_back(
            {load<uint64_t>(times, i), load<uint32_t>(ports, i), {bytes, bytes + length}});
        bytes += length;
        left -= length;
    }
    if (left > 0) {
        throw ProtocolFault("bytes of no frame: " + std::to_string(left));
    }
    return frames;
}

uint64_t encodeFrames(const std::vector<Frame>& frames, std::vector<uint8_t>& payload) {
    for (const Frame& frame : frames) {
        append(payload, frame.timePs);
    }
    for (const Frame& frame : frames) {
        append(payload, frame.port);
    }
    pad(payload);
    for (const Frame& frame : frames) {
        append(payload, static_cast<uint32_t>(frame.bytes.size()));
    }
    pad(payload);
    const size_t begin = payload.size();
    for (const Frame& frame : frames) {
        payload.insert(payload.end(), frame.bytes.begin(), frame.bytes.end());
    }
    const uint64_t size = payload.size() - begin;
    pad(payload);
    return size;
}

void checkFrames(const FramesRequest& request, uint64_t expectedNumber, uint64_t reachedPs,
                 uint32_t ports) {
    const std::string name = "frames " + std::to_string(request.number) + ": ";
    if (request.number != expectedNumber) {
        throw ProtocolFault(name + std::to_string(expectedNumber) + " was due");
    }
    if (request.horizonPs <= reachedPs) {
        throw ProtocolFault(name + "the horizon is not above " + std::to_string(reachedPs) + " ps");
    }
    uint64_t timePs = reachedPs;
    uint32_t port = 0;
    for (const Frame& frame : request.departures) {
        if (frame.port >= ports) {
            throw ProtocolFault(name + "port " + std::to_string(frame.port) + " of " +
                                std::to_string(ports));
        }
        if (frame.timePs < timePs || (frame.timePs == timePs && frame.port < port)) {
            throw ProtocolFault(name + "a departure at " + std::to_string(frame.timePs) +
                                " ps is out of order");
        }
        timePs = frame.timePs;
        port = frame.port;
    }
}

}  // namespace dilaton::cosim
