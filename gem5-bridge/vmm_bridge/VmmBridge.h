#pragma once

#include <string>

#include "mem/external_master.hh"
#include "params/VmmBridge.hh"

namespace vmm_bridge {

// The way into a gem5 that is built with EXTRAS: a vCPU's port as a SimObject with parameters.
class VmmBridge : public gem5::ExternalMaster {
  public:
    explicit VmmBridge(const gem5::VmmBridgeParams& params);

    gem5::Port& getPort(const std::string& name, gem5::PortID index = gem5::InvalidPortID) override;

  private:
    const gem5::VmmBridgeParams& params_;
};

}  // namespace vmm_bridge
