#pragma once

#include <cstdint>
#include <string>

namespace vmm_bridge {

// What a port is for: ExternalMaster's port_data, "vcpu=0 vcpus=4 side=data".
struct PortData {
    enum class Side : uint8_t { Data, Instruction };

    uint32_t vcpu = 0;
    uint32_t vcpus = 1;  // of the board
    Side side = Side::Data;
    bool caches = false;  // whether caches are behind the port, or memory

    // Throws std::invalid_argument with the word that is wrong.
    static PortData parse(const std::string& text);
};

}  // namespace vmm_bridge
