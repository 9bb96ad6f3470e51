#include "dilaton/Ring.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "dilaton/Errors.h"
#include "dilaton/Messages.h"

namespace dilaton::cosim {

namespace {

constexpr size_t kHeadBytes = 4096;
constexpr size_t kCapacityAt = 16;
constexpr uint32_t kCapacityMin = 4096;
constexpr uint32_t kCapacityMax = 64U << 20;
constexpr size_t kLaneAt = 256;
constexpr size_t kLaneBytes = 256;
constexpr size_t kWrittenAt = 0;
constexpr size_t kReadAt = 64;
constexpr size_t kSleepsAt = 128;
constexpr uint64_t kEntryBytes = 16;
constexpr std::array<char, 16> kMagic{'d', 'i', 'l', 'a', 't', 'o', 'n',  ' ',
                                      'r', 'i', 'n', 'g', ' ', '1', '\n', '\0'};

uint64_t* word(uint8_t* control, size_t at) {
    return reinterpret_cast<uint64_t*>(control + at);
}

uint32_t* sleeps(uint8_t* control) {
    return reinterpret_cast<uint32_t*>(control + kSleepsAt);
}

uint64_t roundUp(uint64_t bytes) {
    return (bytes + 15) & ~uint64_t{15};
}

void futex(uint32_t* at, int operation, uint32_t value, const timespec* timeout) {
    // Woken, late, interrupted or not asleep at all: the caller looks again.
    (void)syscall(SYS_futex, at, operation, value, timeout, nullptr, 0);
}

void pauseCore() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

}  // namespace

RingLane::RingLane(uint8_t* control, uint8_t* data, uint32_t capacity)
    : control_(control), data_(data), capacity_(capacity) {}

bool RingLane::tryWrite(Kind kind, const void* header, size_t headerBytes, const void* payload,
                        size_t payloadBytes) {
    const uint64_t used = position_ - __atomic_load_n(word(control_, kReadAt), __ATOMIC_ACQUIRE);
    if (used > capacity_) {
        throw ProtocolFault("the ring's reader is ahead of its writer");
    }
    if (headerBytes > capacity_ || payloadBytes > capacity_) {
        return false;
    }
    const uint64_t bytes = bytesFor(headerBytes, payloadBytes);
    if (bytes > capacity_ - used) {
        return false;
    }
    std::array<uint8_t, kEntryBytes> entry{};
    const auto number = static_cast<uint32_t>(kind);
    const auto size = static_cast<uint32_t>(headerBytes);
    const uint64_t size2 = payloadBytes;
    std::memcpy(entry.data(), &number, sizeof number);
    std::memcpy(entry.data() + 4, &size, sizeof size);
    std::memcpy(entry.data() + 8, &size2, sizeof size2);
    put(position_, entry.data(), entry.size());
    put(position_ + kEntryBytes, header, headerBytes);
    put(position_ + kEntryBytes + headerBytes, payload, payloadBytes);
    position_ += bytes;
    __atomic_store_n(word(control_, kWrittenAt), position_, __ATOMIC_RELEASE);
    if (__atomic_exchange_n(sleeps(control_), 0U, __ATOMIC_SEQ_CST) != 0) {
        futex(sleeps(control_), FUTEX_WAKE, 1, nullptr);
    }
    return true;
}

bool RingLane::tryRead(Entry& entry) {
    const uint64_t written = __atomic_load_n(word(control_, kWrittenAt), __ATOMIC_ACQUIRE);
    const uint64_t there = written - position_;
    if (there == 0) {
        return false;
    }
    if (there > capacity_ || there < kEntryBytes) {
        throw ProtocolFault("the ring's writer is " + std::to_string(there) + " bytes ahead");
    }
    std::array<uint8_t, kEntryBytes> head{};
    get(position_, head.data(), head.size());
    uint32_t kind = 0;
    uint32_t headerBytes = 0;
    uint64_t payloadBytes = 0;
    std::memcpy(&kind, head.data(), sizeof kind);
    std::memcpy(&headerBytes, head.data() + 4, sizeof headerBytes);
    std::memcpy(&payloadBytes, head.data() + 8, sizeof payloadBytes);
    const bool isMessage = kind == static_cast<uint32_t>(Kind::Message);
    const bool isMark =
        kind == static_cast<uint32_t>(Kind::Elsewhere) && headerBytes == 0 && payloadBytes == 0;
    if (!(isMessage || isMark) || headerBytes > kHeaderBytesMax || payloadBytes > there ||
        bytesFor(headerBytes, payloadBytes) > there) {
        throw ProtocolFault("an entry of the ring has kind " + std::to_string(kind) + " and " +
                            std::to_string(headerBytes) + " and " + std::to_string(payloadBytes) +
                            " bytes, of " + std::to_string(there) + " written");
    }
    entry.kind = isMessage ? Kind::Message : Kind::Elsewhere;
    entry.header.resize(headerBytes);
    entry.payload.resize(payloadBytes);
    get(position_ + kEntryBytes, entry.header.data(), headerBytes);
    get(position_ + kEntryBytes + headerBytes, entry.payload.data(), payloadBytes);
    position_ += bytesFor(headerBytes, payloadBytes);
    __atomic_store_n(word(control_, kReadAt), position_, __ATOMIC_RELEASE);
    return true;
}

uint64_t RingLane::bytesFor(uint64_t headerBytes, uint64_t payloadBytes) {
    return roundUp(kEntryBytes + headerBytes + payloadBytes);
}

bool RingLane::wait(int spins, int timeoutMs) {
    for (int i = 0; i < spins; i++) {
        if (__atomic_load_n(word(control_, kWrittenAt), __ATOMIC_ACQUIRE) != position_) {
            return true;
        }
        pauseCore();
    }
    if (timeoutMs <= 0) {
        return false;
    }
    // The exchange orders the flag before the look that follows.
    __atomic_exchange_n(sleeps(control_), 1U, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(word(control_, kWrittenAt), __ATOMIC_SEQ_CST) == position_) {
        const timespec timeout{timeoutMs / 1000, (timeoutMs % 1000) * 1'000'000L};
        futex(sleeps(control_), FUTEX_WAIT, 1, &timeout);
    }
    __atomic_exchange_n(sleeps(control_), 0U, __ATOMIC_SEQ_CST);
    return false;
}

void RingLane::put(uint64_t position, const void* bytes, size_t count) {
    if (count == 0) {
        return;
    }
    const uint64_t offset = position & (capacity_ - 1);
    const size_t first = std::min<size_t>(count, capacity_ - offset);
    std::memcpy(data_ + offset, bytes, first);
    std::memcpy(data_, static_cast<const uint8_t*>(bytes) + first, count - first);
}

void RingLane::get(uint64_t position, void* bytes, size_t count) const {
    if (count == 0) {
        return;
    }
    const uint64_t offset = position & (capacity_ - 1);
    const size_t first = std::min<size_t>(count, capacity_ - offset);
    std::memcpy(bytes, data_ + offset, first);
    std::memcpy(static_cast<uint8_t*>(bytes) + first, data_, count - first);
}

Ring::Ring(const std::string& path) {
    const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) {
        throw Refused("can't open the ring '" + path + "': " + std::strerror(errno));
    }
    std::array<char, kCapacityAt + sizeof(uint32_t)> head{};
    struct stat status {};
    const bool hasHead =
        pread(file, head.data(), head.size(), 0) == static_cast<ssize_t>(head.size()) &&
        fstat(file, &status) == 0;
    std::memcpy(&capacity_, head.data() + kCapacityAt, sizeof capacity_);
    size_ = kHeadBytes + 2 * size_t{capacity_};
    const bool isRing = hasHead && std::equal(kMagic.begin(), kMagic.end(), head.begin()) &&
                        capacity_ >= kCapacityMin && capacity_ <= kCapacityMax &&
                        (capacity_ & (capacity_ - 1)) == 0 &&
                        static_cast<size_t>(status.st_size) == size_;
    void* memory =
        isRing ? mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    close(file);
    if (!isRing) {
        throw ProtocolFault("'" + path + "' is no ring, version 1");
    }
    if (memory == MAP_FAILED) {
        throw Refused("can't map the ring '" + path + "': " + std::strerror(errno));
    }
    memory_ = static_cast<uint8_t*>(memory);
    lanes_.emplace_back(memory_ + kLaneAt, memory_ + kHeadBytes, capacity_);
    lanes_.emplace_back(memory_ + kLaneAt + kLaneBytes, memory_ + kHeadBytes + capacity_,
                        capacity_);
}

Ring::~Ring() {
    munmap(memory_, size_);
}

}  // namespace dilaton::cosim
