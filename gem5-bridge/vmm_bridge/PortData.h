#pragma once

#include <cstdint>
#include <string>

namespace vmm_bridge {

// What a port is for: ExternalMaster's port_data, "vcpu=0 vcpus=4 side=data
// caches=behind".
struct PortData {
    enum class Side : uint8_t { Data, Instruction };

    // Where the vCPU's caches are: behind the port; in front of it, in Dilaton, with memory behind;
    // or nowhere, so that memory sees what the program does. Ruby is behind the port, and takes no
    // flushes.
    enum class Caches : uint8_t { InFront, Behind, None, Ruby };

    uint32_t vcpu = 0;
    uint32_t vcpus = 1;  // of the board
    Side side = Side::Data;
    Caches caches = Caches::InFront;

    [[nodiscard]] bool hasCaches() const {
        return caches == Caches::Behind || caches == Caches::Ruby;
    }

    // Throws std::invalid_argument with the word that is wrong.
    static PortData parse(const std::string& text);

    // Throws std::invalid_argument if the board has no such vCPU.
    void check() const;
};

}  // namespace vmm_bridge
