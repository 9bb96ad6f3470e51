#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "dilaton/Ring.h"

namespace dilaton::cosim {

// The peer's end of a ring: what it sends and receives, in the order of the socket alone.
class RingEnd {
  public:
    // `underWay`: requests that may be under way at a time. Throws Refused if it can't be opened,
    // ProtocolFault if it is no ring.
    RingEnd(const std::string& path, uint32_t underWay);

    // False if the message is too large and must follow on the socket: a mark was written in its
    // place. Throws ProtocolFault if the worker does not read.
    [[nodiscard]] bool send(const void* header, size_t headerBytes, const void* payload,
                            size_t payloadBytes);

    // Says that the next message is on the socket.
    void mark();

    // False if there is no message now, or the next one is on the socket.
    [[nodiscard]] bool tryReceive(RingLane::Entry& message);

    // Whether the next message is on the socket; it is until tookSocket.
    [[nodiscard]] bool isSocketNext() const { return isSocketNext_; }
    void tookSocket() { isSocketNext_ = false; }

    // Looks for an entry, for as long as has paid of late, then sleeps.
    void wait(int timeoutMs);

  private:
    void write(RingLane::Kind kind, const void* header, size_t headerBytes, const void* payload,
               size_t payloadBytes);

    Ring ring_;
    size_t entryBytesMax_;
    bool isSocketNext_ = false;
    int spins_;
    uint64_t received_ = 0;
};

}  // namespace dilaton::cosim
