#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "BlockStatistics.h"
#include "PortData.h"
#include "dilaton/EventPeer.h"
#include "sim/eventq.hh"

namespace gem5 {
class System;
}

namespace vmm_bridge {

class VcpuPort;

// gem5 as the worker's peer: docs/protocol.md. One per process, since gem5 has one event queue; its
// ports are those of all vCPUs. gem5's time stands whenever the peer waits for the worker.
//
//   add() ... ──first event──> start() ──> wakes, onAnswer(), onRoom() ──> end ──> finish()
class Bridge : public dilaton::cosim::EventHost {
  public:
    // The one of this process.
    static Bridge& instance();

    // Adds a vCPU's port while gem5 connects the ports of its configuration. Ends gem5 if `data`
    // does not fit the ports that are there.
    void add(VcpuPort& port, gem5::System& system);

    [[nodiscard]] uint32_t lineSizeBytes() const { return lineSizeBytes_; }

    void onAnswer(uint64_t ticket);
    void onCompletion(uint64_t access);
    void onRoom(uint32_t vcpu);
    void onDrop(uint32_t vcpu, uint64_t address);

    // Says Bye, if the run came to its end; after gem5 has written its statistics.
    void finish();

    [[nodiscard]] uint64_t nowPs() const override;
    void wakeAt(uint64_t timePs) override;
    [[nodiscard]] bool send(const dilaton::cosim::Request& request) override;
    void access(const dilaton::cosim::Access& access) override;
    void statistics(const dilaton::cosim::StatisticsRequest& request) override;
    [[nodiscard]] bool isInterrupted() override;

  private:
    struct Vcpu {
        VcpuPort* data = nullptr;
        VcpuPort* instruction = nullptr;
        bool deferred = false;
        std::optional<dilaton::cosim::Access> access;  // that came due inside of an answer
    };

    Bridge();

    void start();
    void wake();
    // For the earliest time that was asked for.
    void scheduleWake();
    // Lets vCPUs send what came due inside of an answer.
    void room();
    void check() const;
    // Windows that gem5 can't have.
    void checkWindows() const;
    // Runs a call of the peer; ends the simulation when the run's end has come or something failed.
    void enter(const std::function<void()>& call);

    gem5::EventManager* events_ = nullptr;
    gem5::System* system_ = nullptr;
    std::unique_ptr<BlockStatistics> blocks_;
    std::vector<Vcpu> vcpus_;
    gem5::EventFunctionWrapper start_;
    std::priority_queue<uint64_t, std::vector<uint64_t>, std::greater<>> wakes_;
    gem5::EventFunctionWrapper wake_;
    gem5::EventFunctionWrapper room_;
    std::unique_ptr<dilaton::cosim::EventPeer> peer_;
    uint32_t lineSizeBytes_ = 0;
    bool isAnswering_ = false;
    bool hasEnded_ = false;
};

}  // namespace vmm_bridge
