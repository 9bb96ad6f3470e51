#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dilaton::cosim {

// A small device for examples and tests: bytes that keep what is stored, but for two words of 8
// bytes that are read only. At kCountAt: accesses before this one. At kSumAt: the sum of the words
// at kFirstAt and kSecondAt.
class ScratchRegisters {
  public:
    static constexpr uint64_t kCountAt = 0x00;
    static constexpr uint64_t kFirstAt = 0x08;
    static constexpr uint64_t kSecondAt = 0x10;
    static constexpr uint64_t kSumAt = 0x18;
    static constexpr uint64_t kSizeBytesMin = 0x20;

    // At least kSizeBytesMin.
    explicit ScratchRegisters(size_t sizeBytes) : bytes_(sizeBytes, 0) {}

    [[nodiscard]] uint64_t sizeBytes() const { return bytes_.size(); }

    // What lies beyond the end reads as zero.
    [[nodiscard]] std::vector<uint8_t> load(uint64_t offset, size_t sizeBytes) {
        putWord(kCountAt, count_++);
        putWord(kSumAt, word(kFirstAt) + word(kSecondAt));
        std::vector<uint8_t> data(sizeBytes, 0);
        for (size_t i = 0; i < sizeBytes && offset + i < bytes_.size(); i++) {
            data[i] = bytes_[offset + i];
        }
        return data;
    }

    // What lies beyond the end is ignored.
    void store(uint64_t offset, const std::vector<uint8_t>& data) {
        count_++;
        for (size_t i = 0; i < data.size() && offset + i < bytes_.size(); i++) {
            bytes_[offset + i] = data[i];
        }
    }

  private:
    [[nodiscard]] uint64_t word(uint64_t offset) const {
        uint64_t value = 0;
        for (size_t i = 8; i > 0; i--) {
            value = (value << 8) | bytes_[offset + i - 1];
        }
        return value;
    }

    void putWord(uint64_t offset, uint64_t value) {
        for (size_t i = 0; i < 8; i++) {
            bytes_[offset + i] = static_cast<uint8_t>(value >> (8 * i));
        }
    }

    std::vector<uint8_t> bytes_;
    uint64_t count_ = 0;
};

}  // namespace dilaton::cosim
