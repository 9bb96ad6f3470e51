#pragma once

#include <cstdint>

namespace dilaton::cosim {

// What an access was; values of docs/protocol.md 3.2.
enum class MemoryKind : uint8_t {
    Load = 0,
    Store = 1,
    Fetch = 2,
    Atomic = 3,
    Flush = 4,
    Prefetch = 5,
    KernelLoad = 6,
    KernelStore = 7,
    Modify = 8,
    Writeback = 9,
};

constexpr uint8_t kMemoryKindCount = 10;

// No access, and no kind of a request: with the issue set `interval` a record of this kind says
// that the core ends what it has in flight.
constexpr MemoryKind kDrain = MemoryKind{10};

// Likewise with either set: a conditional branch went the other way than predicted, and what comes
// after it dispatches `cycles` after the branch is resolved.
constexpr MemoryKind kMispredict = MemoryKind{11};

// Whether the core waits for the answer before it goes on.
[[nodiscard]] constexpr bool coreWaits(MemoryKind kind) {
    return kind == MemoryKind::Load || kind == MemoryKind::Atomic || kind == MemoryKind::Modify ||
           kind == MemoryKind::Fetch;
}

// Whether nothing ever waits for the answer: neither the core nor the store buffer.
[[nodiscard]] constexpr bool nobodyWaits(MemoryKind kind) {
    return !coreWaits(kind) && kind != MemoryKind::Store;
}

}  // namespace dilaton::cosim
