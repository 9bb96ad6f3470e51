#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "dilaton/Errors.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are little-endian");

// Columns of a payload, as docs/protocol.md 1.2 lays them out.
namespace dilaton::cosim::columns {

// Counts are of 32 bits, so that no size of them overflows.
[[nodiscard]] constexpr uint64_t padded(uint64_t bytes) {
    return (bytes + 7) & ~uint64_t{7};
}

inline void checkBlock(const std::vector<uint8_t>& payload, uint64_t offset, uint64_t bytes,
                       const char* what) {
    if (offset % 8 != 0) {
        throw ProtocolFault(std::string(what) + " at " + std::to_string(offset) +
                            " is not at a multiple of 8");
    }
    if (offset > payload.size() || bytes > payload.size() - offset) {
        throw ProtocolFault(std::string(what) + " of " + std::to_string(bytes) + " bytes at " +
                            std::to_string(offset) + " is not within the payload of " +
                            std::to_string(payload.size()) + " bytes");
    }
}

// Reads the columns of a block one after the other; what pads them must be zero.
class Columns {
  public:
    Columns(const std::vector<uint8_t>& payload, uint64_t offset) : at_(payload.data() + offset) {}

    template <typename T>
    const uint8_t* next(uint64_t count) {
        const uint8_t* column = at_;
        at_ += padded(count * sizeof(T));
        if (std::any_of(column + count * sizeof(T), at_, [](uint8_t b) { return b != 0; })) {
            throw ProtocolFault("what pads a column is not zero");
        }
        return column;
    }

  private:
    const uint8_t* at_;
};

template <typename T>
[[nodiscard]] T load(const uint8_t* column, uint64_t index) {
    T value;
    std::memcpy(&value, column + index * sizeof(T), sizeof(T));
    return value;
}

template <typename T>
void append(std::vector<uint8_t>& payload, T value) {
    const size_t at = payload.size();
    payload.resize(at + sizeof(T));
    std::memcpy(payload.data() + at, &value, sizeof(T));
}

inline void pad(std::vector<uint8_t>& payload) {
    payload.resize(padded(payload.size()), 0);
}

}  // namespace dilaton::cosim::columns
