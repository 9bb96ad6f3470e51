#pragma once

#include <cstdint>
#include <string>

#include "base/statistics.hh"

namespace vmm_bridge {

// Says in each block of gem5's stats.txt what asked for it; below the system, as vmm.block.
class BlockStatistics : public gem5::statistics::Group {
  public:
    explicit BlockStatistics(gem5::statistics::Group* parent);

    // Before a block is written for this reason.
    void name(const std::string& label);

    // A block was written, or all statistics were set to zero.
    void next(bool written);

  private:
    uint64_t number_ = 1;
    gem5::statistics::Scalar block_;
};

}  // namespace vmm_bridge
