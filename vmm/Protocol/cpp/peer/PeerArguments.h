#pragma once

#include <cstdint>
#include <string>

#include "FaultInjector.h"
#include "FlatMemory.h"
#include "LearningSwitch.h"

namespace dilaton::peer {

struct PeerArguments {
    FlatMemoryOptions memory;
    SwitchOptions network;
    bool isNetwork = false;
    FaultOptions faults;
    uint64_t deviceLatencyPs = 0;  // 0: no device
    bool eventDriven = false;
    bool help = false;
    std::string statisticsFile;  // empty: none
};

[[nodiscard]] const char* usage();

// Throws std::invalid_argument with the argument that is wrong.
[[nodiscard]] PeerArguments parseArguments(int count, const char* const* arguments);

// "80ns", "25.6GB/s": exact; throws std::invalid_argument, also if finer than the smallest unit.
[[nodiscard]] uint64_t parsePicoseconds(const std::string& text);
[[nodiscard]] uint64_t parseBitsPerSecond(const std::string& text);

}  // namespace dilaton::peer
