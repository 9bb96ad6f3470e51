#include "RingEnd.h"

#include <algorithm>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

// Looks at the ring before sleeping: as many as have paid of late. Where worker and peer share a
// core, none do; who has given up looking tries again after so many messages.
constexpr int kSpinsMin = 8;
constexpr int kSpinsMax = 512;
constexpr uint64_t kMessagesPerTry = 64;

// A message that takes more than this part of the ring, for each that may be under way, goes by the
// socket.
constexpr size_t kPartMax = 4;

}  // namespace

RingEnd::RingEnd(const std::string& path, uint32_t underWay)
    : ring_(path), entryBytesMax_(ring_.capacity() / kPartMax / underWay), spins_(kSpinsMax) {}

bool RingEnd::send(const void* header, size_t headerBytes, const void* payload,
                   size_t payloadBytes) {
    if (RingLane::bytesFor(headerBytes, payloadBytes) > entryBytesMax_) {
        mark();
        return false;
    }
    write(RingLane::Kind::Message, header, headerBytes, payload, payloadBytes);
    return true;
}

void RingEnd::mark() {
    write(RingLane::Kind::Elsewhere, nullptr, 0, nullptr, 0);
}

bool RingEnd::tryReceive(RingLane::Entry& message) {
    if (isSocketNext_ || !ring_.toPeer().tryRead(message)) {
        return false;
    }
    isSocketNext_ = message.kind == RingLane::Kind::Elsewhere;
    if (++received_ % kMessagesPerTry == 0) {
        spins_ = kSpinsMax;
    }
    return !isSocketNext_;
}

void RingEnd::wait(int timeoutMs) {
    if (ring_.toPeer().wait(spins_, 0)) {
        spins_ = std::min(spins_ * 2, kSpinsMax);
        return;
    }
    spins_ = std::max(spins_ / 2, kSpinsMin);
    (void)ring_.toPeer().wait(0, timeoutMs);
}

void RingEnd::write(RingLane::Kind kind, const void* header, size_t headerBytes,
                    const void* payload, size_t payloadBytes) {
    // A worker that keeps to the protocol has read what came before: there is room.
    if (!ring_.toWorker().tryWrite(kind, header, headerBytes, payload, payloadBytes)) {
        throw ProtocolFault("the worker does not read its ring");
    }
}

}  // namespace dilaton::cosim
