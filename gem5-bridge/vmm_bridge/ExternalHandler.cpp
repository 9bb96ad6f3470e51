// The way into an unmodified gem5: loading this library registers the external port type "vmm".
#include <cstring>
#include <stdexcept>
#include <string>

#include "Bridge.h"
#include "VcpuPort.h"
#include "base/logging.hh"
#include "params/ExternalMaster.hh"

namespace gem5 {
extern const char* gem5Version;
}

namespace vmm_bridge {

namespace {

class Handler : public gem5::ExternalMaster::Handler {
  public:
    gem5::ExternalMaster::ExternalPort* getExternalPort(const std::string& name,
                                                        gem5::ExternalMaster& owner,
                                                        const std::string& data) override {
        fatal_if(std::strcmp(gem5::gem5Version, VMM_BRIDGE_GEM5_VERSION) != 0,
                 "vmm_bridge: this is gem5 %s, and the library was built for %s: run "
                 "gem5-bridge/build",
                 gem5::gem5Version, VMM_BRIDGE_GEM5_VERSION);
        try {
            auto* port = new VcpuPort(Bridge::instance(), name, owner, PortData::parse(data));
            const auto& params = dynamic_cast<const gem5::ExternalMasterParams&>(owner.params());
            Bridge::instance().add(*port, *params.system);
            return port;
        } catch (const std::invalid_argument& why) {
            fatal("vmm_bridge: %s: %s", name, why.what());
        }
    }
};

}  // namespace

}  // namespace vmm_bridge

extern "C" {

__attribute__((visibility("default"))) const char* vmm_bridge_gem5_version() {
    return VMM_BRIDGE_GEM5_VERSION;
}
}

__attribute__((constructor)) static void registerHandler() {
    gem5::ExternalMaster::registerHandler("vmm", new vmm_bridge::Handler);
}
