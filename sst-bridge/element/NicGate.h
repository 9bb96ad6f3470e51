#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "dilaton/NetworkHost.h"

namespace dilaton::sst {

class Nic;

// The end of the wire that all network interfaces of one SST process share: a network has one
// clock. SST's time stands, within an event of the gate, while the coordinator has no frames for
// it.
//
//   first Nic ──> join() ... last Nic ──> dial() ──> start() ──> wakes, deliver() ──> finish()
//
// The first interface that joins lends it the events.
class NicGate : public cosim::NetworkSimulator {
  public:
    // The gate of this process: of all interfaces that are alive.
    [[nodiscard]] static std::shared_ptr<NicGate> join(Nic& nic);

    [[nodiscard]] bool isLeader(const Nic& nic) const { return nics_.front() == &nic; }
    [[nodiscard]] uint32_t countNodes() const { return static_cast<uint32_t>(byNode_.size()); }
    [[nodiscard]] Nic& nic(uint32_t node) const { return *byNode_[node]; }

    // Once all have joined. Throws what NetworkHost does, and HostFault if the interfaces do not
    // fit together.
    void dial(cosim::NetworkOptions options);
    void start();
    void onWake();

    // A frame that departed at `sentPs` is out of the network, now.
    void deliver(uint32_t node, uint64_t sentPs, std::vector<uint8_t> bytes);

    // Throws HostFault if a frame is on its way for so long that it can't be coming.
    void watch();

    [[nodiscard]] bool isOver() const { return host_ == nullptr; }
    void endIfFinished();
    void finish();
    void stop(const std::string& why) noexcept;

    // NetworkSimulator.
    [[nodiscard]] uint64_t nowPs() const override;
    void wakeAt(uint64_t timePs) override;
    [[nodiscard]] uint32_t send(cosim::Frame frame) override;
    void statistics(const cosim::StatisticsRequest& request) override;
    [[nodiscard]] bool isInterrupted() override;

  private:
    void arrange();

    std::vector<Nic*> nics_;    // in the order of their joining
    std::vector<Nic*> byNode_;  // once arranged
    std::unique_ptr<cosim::NetworkHost> host_;
    uint64_t leastLatencyPs_ = 0;
    std::multiset<uint64_t> departuresPs_;  // of frames that are on their way
    bool isWatching_ = false;
};

}  // namespace dilaton::sst
