#include "FlatMemory.h"

#include <algorithm>
#include <stdexcept>

#include "dilaton/Checked.h"

namespace dilaton::peer {

namespace {

using Wide = unsigned __int128;

constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;

Wide greatestCommonDivisor(Wide a, Wide b) {
    while (b != 0) {
        const Wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

void require(bool holds, const char* what) {
    if (!holds) {
        throw std::invalid_argument(what);
    }
}

}  // namespace

void FlatMemoryOptions::validate() const {
    require(latencyPs >= 1 && latencyPs <= 1'000'000'000, "--latency is not in 1ps..1ms");
    require(bandwidthBitsPerSecond >= 8'000'000 && bandwidthBitsPerSecond <= 800'000'000'000'000,
            "--bandwidth is not in 1MB/s..100TB/s");
    require(channels >= 1 && channels <= 64, "--channels is not in 1..64");
    require(
        lineSizeBytes >= 16 && lineSizeBytes <= 256 && (lineSizeBytes & (lineSizeBytes - 1)) == 0,
        "--line is not a power of two from 16 to 256");
}

FlatMemory::FlatMemory(const FlatMemoryOptions& options)
    : options_(options), freeAt_(options.channels, 0) {
    options.validate();
    while ((uint32_t{1} << lineShift_) < options.lineSizeBytes) {
        lineShift_++;
    }
    // Seconds of one line on one of the channels: bits x channels / bandwidth.
    const Wide numerator =
        Wide{options.lineSizeBytes} * 8 * options.channels * kPicosecondsPerSecond;
    const Wide denominator = options.bandwidthBitsPerSecond;
    const Wide divisor = greatestCommonDivisor(numerator, denominator);
    occupancyParts_ = numerator / divisor;
    partsPerPicosecond_ = denominator / divisor;
}

uint64_t FlatMemory::serve(uint64_t atPs, uint64_t line, cosim::MemoryKind kind) {
    Parts& free = freeAt_[static_cast<size_t>((line >> lineShift_) % freeAt_.size())];
    const Parts arrival = Parts{atPs} * partsPerPicosecond_;
    const Parts wait = free > arrival ? free - arrival : 0;
    free = arrival + wait + occupancyParts_;
    queueingParts_ += wait;
    queueingPartsMax_ = std::max(queueingPartsMax_, wait);
    queued_ += wait > 0 ? 1 : 0;
    if (kind == cosim::MemoryKind::Writeback) {
        writes_++;
        return options_.latencyPs;
    }
    reads_++;
    const Parts waitPs = (wait + (partsPerPicosecond_ - 1)) / partsPerPicosecond_;
    if (waitPs > UINT64_MAX) {
        throw cosim::Overflow("a wait is beyond 64 bits");
    }
    return cosim::checkedAdd(options_.latencyPs, static_cast<uint64_t>(waitPs));
}

void FlatMemory::resetStatistics() {
    reads_ = writes_ = queued_ = 0;
    queueingParts_ = queueingPartsMax_ = 0;
}

std::string FlatMemory::statistics() const {
    const auto picoseconds = [this](Parts parts) {
        return std::to_string(static_cast<uint64_t>(parts / partsPerPicosecond_));
    };
    const uint64_t served = reads_ + writes_;
    return "reads " + std::to_string(reads_) + "\nwrites " + std::to_string(writes_) +
           "\nbytesRead " + std::to_string(reads_ * options_.lineSizeBytes) + "\nbytesWritten " +
           std::to_string(writes_ * options_.lineSizeBytes) + "\nbusyTimePs " +
           picoseconds(served * occupancyParts_) + "\nqueueingTimePs " +
           picoseconds(queueingParts_) + "\nqueueingTimeMaxPs " + picoseconds(queueingPartsMax_) +
           "\nqueued " + std::to_string(queued_) + "\n";
}

}  // namespace dilaton::peer
