#pragma once

#include <sst/core/component.h>
#include <sst/core/interfaces/stdMem.h>
#include <sst/core/link.h>
#include <sst/core/output.h>
#include <sst/core/params.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "MmioPort.h"
#include "VcpuPort.h"
#include "dilaton/EventPeer.h"
#include "dilaton/VcpuClock.h"

namespace dilaton::sst {

// The vCPUs of one node, where SST times the node's memory: a peer of the node's worker
// (docs/protocol.md). SST's time stands while the worker has no interval for it.
//
//   constructor ──> init ──> setup: dials ──> first event: start ──┬─> wake, answer, invalidation
//   ─┐
//                                                                  ├──────────────<───────────────┘
//                                                                  └─> Bye ──> finish: answers it
class Vcpus : public SST::Component, public cosim::EventHost, public cosim::IntervalObserver {
  public:
    SST_ELI_REGISTER_COMPONENT(Vcpus, "dilaton", "Vcpus", SST_ELI_ELEMENT_VERSION(1, 0, 0),
                               "vCPUs of a Dilaton node, whose memory SST times",
                               COMPONENT_CATEGORY_PROCESSOR)

    SST_ELI_DOCUMENT_PARAMS(
        {"endpoint",
         "Where the node's worker waits: ipc://PATH or tcp://127.0.0.1:PORT. "
         "Empty: DILATON_ENDPOINT in the environment.",
         ""},
        {"peer", "Name of the peer in the job. Empty: DILATON_PEER in the environment.", ""},
        {"verbose", "0: errors only. 1: what was agreed with the worker.", "0"},
        {"max_outstanding", "Requests of one vCPU that may be on their way; 0: any number.", "0"},
        {"trace",
         "File to which the requests go, with the vCPU's number behind its name, as "
         "prospero.ProsperoTextTraceReader reads it at a clock of 1GHz. Empty: none.",
         ""},
        {"modifies",
         "How read-modify-writes enter the memory. write: they take the line from "
         "others. read: as a load, such as cachegrind counts them.",
         "write"})

    SST_ELI_DOCUMENT_PORTS({"cache_link_%(vcpus)d",
                            "Link of a vCPU whose slot `memory` is empty, to a memHierarchy "
                            "element; memHierarchy.standardInterface is loaded for it.",
                            {}})

    SST_ELI_DOCUMENT_SUBCOMPONENT_SLOTS(
        {"memory", "Interface to the memory, one per vCPU.", "SST::Interfaces::StandardMem"},
        {"mmio",
         "Interface to the devices behind the job's windows, of all vCPUs. Empty: each "
         "vCPU's interface to the memory, noncacheable.",
         "SST::Interfaces::StandardMem"})

    SST_ELI_DOCUMENT_STATISTICS(
        {"loads", "Loads sent", "requests", 1}, {"stores", "Stores sent", "requests", 1},
        {"fetches", "Instruction fetches sent", "requests", 1},
        {"atomics", "Atomic read-modify-writes sent", "requests", 1},
        {"flushes", "Flushes sent", "requests", 1},
        {"prefetches", "Prefetches sent", "requests", 1},
        {"kernel_loads", "Loads of the node kernel sent", "requests", 1},
        {"kernel_stores", "Stores of the node kernel sent", "requests", 1},
        {"modifies", "Plain read-modify-writes sent", "requests", 1},
        {"writebacks", "Lines written back from caches in the worker", "requests", 1},
        {"latency", "Time from a request to its answer", "ps", 1},
        {"stall", "Time that the core waited, by interval", "ps", 1},
        {"overload_lag", "Time by which requests left later than they issued, by interval", "ps",
         1},
        {"dropped_lines", "Lines that caches in the worker must drop", "lines", 1},
        {"window_loads", "Loads of windows sent", "requests", 1},
        {"window_stores", "Stores to windows sent", "requests", 1},
        {"window_latency", "Time from an access to a window to its completion", "ps", 1},
        {"intervals", "Intervals timed", "intervals", 1},
        {"wakes", "Events of our own", "events", 2})

    Vcpus(SST::ComponentId_t id, SST::Params& params);
    ~Vcpus() override;

    void init(unsigned int phase) override;
    void setup() override;
    void complete(unsigned int phase) override;
    void finish() override;
    void emergencyShutdown() override;

  private:
    // EventHost.
    [[nodiscard]] uint64_t nowPs() const override;
    void wakeAt(uint64_t timePs) override;
    [[nodiscard]] bool send(const cosim::Request& request) override;
    void access(const cosim::Access& access) override;
    void statistics(const cosim::StatisticsRequest& request) override;
    [[nodiscard]] bool isInterrupted() override;

    // IntervalObserver.
    void onInterval(const cosim::Interval& interval) override;
    [[nodiscard]] bool onDone(cosim::Connection& connection, cosim::IntervalDone& done) override;

    void checkRanks();
    void loadPorts(SST::Params& params);
    [[nodiscard]] SST::Interfaces::StandardMem* loadMemory(uint32_t vcpu, bool hasSlot);
    void loadMmio();
    [[nodiscard]] VcpuStatistics registerStatistics(uint32_t vcpu);
    [[nodiscard]] cosim::PeerOptions options();
    void dial();
    void handleWake(SST::Event* event);
    void handleAnswer(SST::Interfaces::StandardMem::Request* answer, uint32_t vcpu);
    void handleMmio(SST::Interfaces::StandardMem::Request* answer);
    // Whether it completed an access to a window.
    [[nodiscard]] bool tryComplete(SST::Interfaces::StandardMem::Request& answer);

    // Calls the peer; what it throws ends the simulation, with its text.
    template <typename Work>
    void call(Work work);

    SST::Output output_;
    SST::Link* wakes_ = nullptr;  // SST's own
    std::string endpoint_;
    std::string peerName_;
    std::vector<VcpuPort> ports_;
    SST::Interfaces::StandardMem* mmio_ = nullptr;  // SST's own; none: the ports
    std::unique_ptr<MmioPort> windows_;
    std::vector<cosim::VcpuClock> clocks_;
    std::vector<uint64_t> stallsPs_;
    VcpuStatistics::Counter* intervals_ = nullptr;
    VcpuStatistics::Counter* wakeCount_ = nullptr;
    uint64_t lineSizeBytes_ = 0;
    std::unique_ptr<cosim::EventPeer> peer_;
    bool hasStarted_ = false;
    bool mayEnd_ = false;
};

}  // namespace dilaton::sst
