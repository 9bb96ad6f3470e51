#include "VmmBridge.h"

#include <stdexcept>

#include "Bridge.h"
#include "VcpuPort.h"
#include "base/logging.hh"

namespace gem5 {
extern const char* gem5Version;
}

namespace vmm_bridge {

namespace {

PortData::Caches placeOf(gem5::VmmCaches caches) {
    switch (caches) {
        case gem5::VmmCaches::behind:
            return PortData::Caches::Behind;
        case gem5::VmmCaches::none:
            return PortData::Caches::None;
        case gem5::VmmCaches::ruby:
            return PortData::Caches::Ruby;
        default:
            return PortData::Caches::InFront;
    }
}

}  // namespace

VmmBridge::VmmBridge(const gem5::VmmBridgeParams& params)
    : gem5::ExternalMaster(params), params_(params) {}

gem5::Port& VmmBridge::getPort(const std::string& name, gem5::PortID index) {
    if (name != "port") {
        return gem5::ExternalMaster::getPort(name, index);
    }
    if (externalPort == nullptr) {
        PortData data;
        data.vcpu = params_.vcpu;
        data.vcpus = params_.vcpus;
        data.side = params_.side == gem5::VmmSide::instruction ? PortData::Side::Instruction
                                                               : PortData::Side::Data;
        data.caches = placeOf(params_.caches);
        try {
            data.check();
        } catch (const std::invalid_argument& why) {
            fatal("vmm_bridge: %s: %s", this->name(), why.what());
        }
        auto* port = new VcpuPort(Bridge::instance(), portName, *this, data);
        externalPort = port;
        Bridge::instance().add(*port, *params_.system);
    }
    return *externalPort;
}

}  // namespace vmm_bridge

extern "C" __attribute__((visibility("default"))) const char* vmm_bridge_gem5_version() {
    return gem5::gem5Version;
}
