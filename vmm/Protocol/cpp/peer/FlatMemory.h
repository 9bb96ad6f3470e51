#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dilaton/MemoryKind.h"

namespace dilaton::peer {

struct FlatMemoryOptions {
    uint64_t latencyPs = 0;
    uint64_t bandwidthBitsPerSecond = 0;  // of all channels together
    uint32_t channels = 1;
    uint32_t lineSizeBytes = 64;

    // Throws std::invalid_argument with the option that is out of range.
    void validate() const;
};

// A flat latency behind channels of finite bandwidth: models/Memory/Dram/FlatDram.cs to the
// picosecond. Time on a channel is kept in parts of a picosecond, of which an occupancy is a whole
// number, so that nothing drifts.
class FlatMemory {
  public:
    explicit FlatMemory(const FlatMemoryOptions& options);

    // Latency (ps) of a request; requests come in the order in which they are served.
    uint64_t serve(uint64_t atPs, uint64_t line, cosim::MemoryKind kind);

    [[nodiscard]] uint64_t minLatencyPs() const { return options_.latencyPs; }

    void resetStatistics();
    // One line "name value" each; times in whole picoseconds, rounded down.
    [[nodiscard]] std::string statistics() const;

  private:
    using Parts = unsigned __int128;

    FlatMemoryOptions options_;
    unsigned lineShift_ = 0;
    Parts partsPerPicosecond_ = 1;
    Parts occupancyParts_ = 0;
    std::vector<Parts> freeAt_;
    uint64_t reads_ = 0;
    uint64_t writes_ = 0;
    uint64_t queued_ = 0;
    Parts queueingParts_ = 0;
    Parts queueingPartsMax_ = 0;
};

}  // namespace dilaton::peer
