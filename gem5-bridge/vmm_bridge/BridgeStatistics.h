#pragma once

#include "base/statistics.hh"

namespace vmm_bridge {

// What one port saw; in gem5's stats.txt below the port's owner.
struct BridgeStatistics : public gem5::statistics::Group {
    explicit BridgeStatistics(gem5::statistics::Group* parent);

    gem5::statistics::Scalar reads;
    gem5::statistics::Scalar writes;
    gem5::statistics::Scalar flushes;
    gem5::statistics::Scalar flushesDropped;
    gem5::statistics::Scalar refused;
    gem5::statistics::Scalar answers;
    gem5::statistics::Scalar latency;
    gem5::statistics::Scalar invalidations;
};

}  // namespace vmm_bridge
