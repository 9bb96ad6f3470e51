#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dilaton::cosim {

// One direction of a ring of shared memory; docs/protocol.md section 7. One end writes, the other
// reads: an object does either. The other process is not trusted: what is read is copied first.
class RingLane {
  public:
    enum class Kind : uint32_t { Message = 1, Elsewhere = 2 };

    struct Entry {
        Kind kind = Kind::Message;
        std::vector<uint8_t> header;
        std::vector<uint8_t> payload;
    };

    RingLane(uint8_t* control, uint8_t* data, uint32_t capacity);

    // False if there is no room. Throws ProtocolFault if the reader's count can't be.
    [[nodiscard]] bool tryWrite(Kind kind, const void* header, size_t headerBytes,
                                const void* payload, size_t payloadBytes);

    // False if there is no entry. Throws ProtocolFault if what is there can't be.
    [[nodiscard]] bool tryRead(Entry& entry);

    // Bytes that an entry takes.
    [[nodiscard]] static uint64_t bytesFor(uint64_t headerBytes, uint64_t payloadBytes);

    // Waits for an entry: `spins` looks, then asleep for `timeoutMs` at the most. Whether a look
    // found one.
    bool wait(int spins, int timeoutMs);

  private:
    void put(uint64_t position, const void* bytes, size_t count);
    void get(uint64_t position, void* bytes, size_t count) const;

    uint8_t* control_;
    uint8_t* data_;
    uint64_t capacity_;
    // Our own count: the one in shared memory is for the other end.
    uint64_t position_ = 0;
};

// Shared memory with a lane in either direction, that the worker created.
class Ring {
  public:
    // Throws Refused if it can't be opened, ProtocolFault if it is no ring.
    explicit Ring(const std::string& path);
    ~Ring();
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    [[nodiscard]] uint32_t capacity() const { return capacity_; }
    [[nodiscard]] RingLane& toPeer() { return lanes_[0]; }
    [[nodiscard]] RingLane& toWorker() { return lanes_[1]; }

  private:
    uint8_t* memory_ = nullptr;
    size_t size_ = 0;
    uint32_t capacity_ = 0;
    std::vector<RingLane> lanes_;
};

}  // namespace dilaton::cosim
