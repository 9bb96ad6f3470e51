#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "BridgeStatistics.h"
#include "PortData.h"
#include "dilaton/Messages.h"
#include "mem/external_master.hh"
#include "mem/packet.hh"

namespace vmm_bridge {

class Bridge;

// A vCPU's port into gem5's memory system. Timing only: packets carry no data that means anything.
//
//   send() ──taken──────────> recvTimingResp() ──> Bridge::onAnswer
//     └──refused──> recvReqRetry() ──> Bridge::onRoom ──> send() of the same request
class VcpuPort : public gem5::ExternalMaster::ExternalPort {
  public:
    VcpuPort(Bridge& bridge, const std::string& name, gem5::ExternalMaster& object,
             const PortData& data);
    ~VcpuPort() override;

    [[nodiscard]] const PortData& data() const { return data_; }
    [[nodiscard]] gem5::SimObject& ownerObject() { return owner; }

    // Sends a request now. False: not now; Bridge::onRoom follows. True with `posted`: it needs no
    // answer and will get none.
    [[nodiscard]] bool send(const dilaton::cosim::Request& request, bool& posted);

    // Sends an access to a window, past all caches, now or as soon as there is room:
    // Bridge::onCompletion follows. One at a time.
    void send(const dilaton::cosim::Access& access);

    [[nodiscard]] bool isSnooping() const override { return true; }

  protected:
    bool recvTimingResp(gem5::PacketPtr packet) override;
    void recvReqRetry() override;
    void recvTimingSnoopReq(gem5::PacketPtr packet) override;
    gem5::Tick recvAtomicSnoop(gem5::PacketPtr) override { return 0; }
    void recvFunctionalSnoop(gem5::PacketPtr) override {}

  private:
    struct Sender;

    // False: not now.
    [[nodiscard]] bool trySend(gem5::PacketPtr packet);
    gem5::PacketPtr packetOf(const dilaton::cosim::Request& request);
    Sender* takeSender(uint64_t ticket);

    Bridge& bridge_;
    PortData data_;
    BridgeStatistics statistics_;
    std::vector<uint8_t> line_;
    std::vector<std::unique_ptr<Sender>> senders_;
    std::vector<Sender*> freeSenders_;
    gem5::PacketPtr refused_ = nullptr;
    uint64_t refusedTicket_ = 0;
    gem5::PacketPtr waitingAccess_ = nullptr;
    bool awaitsRetry_ = false;
};

}  // namespace vmm_bridge
