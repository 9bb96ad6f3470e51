#include <sst/core/sst_config.h>

#include "ScratchDevice.h"

#include <algorithm>
#include <utility>

#include "compat.h"

using SST::Interfaces::StandardMem;

namespace dilaton::sst {

namespace {

constexpr const char* kTick = "1ps";
constexpr uint64_t kSizeBytesMax = uint64_t{1} << 30;

}  // namespace

ScratchDevice::ScratchDevice(SST::ComponentId_t id, SST::Params& params)
    : Component(id),
      output_("", 0, 0, SST::Output::STDOUT),
      base_(params.find<uint64_t>("base", 0)),
      latencyPs_(find(params, "latency", "100ns", "s")),
      registers_(
          static_cast<size_t>(std::clamp(find(params, "size", "4KiB", "B"),
                                         cosim::ScratchRegisters::kSizeBytesMin, kSizeBytesMax))) {
    memory_ = loadUserSubComponent<StandardMem>(
        "iface", SST::ComponentInfo::SHARE_NONE, getTimeConverter(kTick),
        new Handler<StandardMem, ScratchDevice, &ScratchDevice::handleRequest>(this));
    if (memory_ == nullptr) {
        output_.fatal(CALL_INFO, 1, "%s: slot iface is empty\n", getName().c_str());
    }
    // From here on, whoever routes by address finds the device.
    memory_->setMemoryMappedAddressRegion(base_, registers_.sizeBytes());
    served_ = configureSelfLink(
        "served", kTick,
        new Handler<SST::Event, ScratchDevice, &ScratchDevice::handleServed>(this));
    loads_ = registerStatistic<uint64_t>("loads");
    stores_ = registerStatistic<uint64_t>("stores");
}

uint64_t ScratchDevice::find(SST::Params& params, const char* name, const char* standard,
                             const char* unit) {
    const auto value = params.find<SST::UnitAlgebra>(name, standard);
    if (!value.hasUnits(unit)) {
        output_.fatal(CALL_INFO, 1, "%s: parameter %s is '%s', and must be such as %s\n",
                      getName().c_str(), name, value.toString().c_str(), standard);
    }
    const bool isTime = value.hasUnits("s");
    return static_cast<uint64_t>(
        (isTime ? value / SST::UnitAlgebra(kTick) : value).getRoundedValue());
}

void ScratchDevice::handleRequest(StandardMem::Request* request) {
    const uint64_t nowPs = getCurrentSimTime(kTick);
    freeAtPs_ = std::max(freeAtPs_, nowPs) + latencyPs_;
    requests_.emplace_back(request);
    served_->send(freeAtPs_ - nowPs, nullptr);
}

void ScratchDevice::handleServed(SST::Event* event) {
    delete event;
    const std::unique_ptr<Request> request = std::move(requests_.front());
    requests_.pop_front();
    std::unique_ptr<Request> answer = serve(*request);
    if (answer != nullptr) {
        memory_->send(answer.release());
    }
}

std::unique_ptr<StandardMem::Request> ScratchDevice::serve(Request& request) {
    if (auto* load = dynamic_cast<StandardMem::Read*>(&request)) {
        loads_->addData(1);
        std::unique_ptr<Request> answer(load->makeResponse());
        static_cast<StandardMem::ReadResp&>(*answer).data =
            registers_.load(load->pAddr - base_, static_cast<size_t>(load->size));
        return answer;
    }
    auto* store = dynamic_cast<StandardMem::Write*>(&request);
    if (store == nullptr) {
        output_.fatal(CALL_INFO, 1, "%s: neither a read nor a write: %s\n", getName().c_str(),
                      request.getString().c_str());
    }
    stores_->addData(1);
    registers_.store(store->pAddr - base_, store->data);
    return std::unique_ptr<Request>(store->posted ? nullptr : store->makeResponse());
}

}  // namespace dilaton::sst
