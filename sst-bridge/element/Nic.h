#pragma once

#include <sst/core/component.h>
#include <sst/core/interfaces/simpleNetwork.h>
#include <sst/core/link.h>
#include <sst/core/output.h>
#include <sst/core/params.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "FrameAssembly.h"
#include "NicGate.h"
#include "NicPacket.h"
#include "NicStatistics.h"

namespace dilaton::sst {

// The network interface of one node, where SST carries the frames between nodes: a peer of the
// job's coordinator, together with all other interfaces of the process.
//
//   departure ──> packets ──> waits for room ──> SST's network ──> last packet ──> its own time on
//   the link ──> rx_latency ──> arrival
class Nic : public SST::Component {
  public:
    SST_ELI_REGISTER_COMPONENT(Nic, "dilaton", "Nic", SST_ELI_ELEMENT_VERSION(1, 0, 0),
                               "Network interface of a Dilaton node, whose frames SST carries",
                               COMPONENT_CATEGORY_NETWORK)

    SST_ELI_DOCUMENT_PARAMS(
        {"node", "The node, from 0; its Ethernet address is 02:00:00:00 and this, big endian.",
         NULL},
        {"mtu", "Longest payload behind the Ethernet header; a longer frame is dropped.", "1500B"},
        {"packet", "Most bytes of a frame in one packet. 0B: a frame is one packet.", "0B"},
        {"header", "Bytes that every packet has beside the frame's.", "0B"},
        {"vn", "Virtual network on which packets travel.", "0"},
        {"rx_latency",
         "From a frame's last bit to its arrival at the node; the same for all. So long before its "
         "time an arrival is known, and the nodes run on.",
         "500ns"},
        {"latency",
         "The least time that the network takes for any frame, as a promise: nodes run on for as "
         "long as this and rx_latency. What comes sooner ends the run.",
         "0ps"},
        {"tail",
         "Whether the network hands a packet over when its head has come, as merlin and kingsley "
         "do; the packet's own time on the link is then added.",
         "true"},
        {"tx_queue", "Bytes of frames that may wait for the network; what is beyond is dropped.",
         "1MiB"},
        {"endpoint",
         "Where the coordinator waits: ipc://PATH or tcp://127.0.0.1:PORT. "
         "Empty: DILATON_ENDPOINT in the environment. The first interface's counts.",
         ""},
        {"peer", "Name of the peer in the job. Empty: DILATON_PEER in the environment.", ""},
        {"verbose", "0: errors only. 1: what was agreed with the coordinator.", "0"})

    SST_ELI_DOCUMENT_SUBCOMPONENT_SLOTS({"networkIF",
                                         "Interface to the network, such as merlin.linkcontrol, "
                                         "merlin.reorderlinkcontrol or kingsley.linkcontrol.",
                                         "SST::Interfaces::SimpleNetwork"})

    SST_ELI_DOCUMENT_STATISTICS(
        {"frames_sent", "Frames sent, a broadcast once", "frames", 1},
        {"bytes_sent", "Bytes of them", "B", 1},
        {"packets_sent", "Packets sent, those of each copy", "packets", 1},
        {"frames_received", "Frames received", "frames", 1},
        {"bytes_received", "Bytes of them", "B", 1},
        {"packets_received", "Packets received", "packets", 1},
        {"dropped", "Frames for which the queue had no room", "frames", 1},
        {"oversize", "Frames above the MTU", "frames", 1},
        {"unroutable", "Frames to nobody or to their sender", "frames", 1},
        {"stalls", "Times that the network took no more", "times", 1},
        {"send_wait", "Time from a packet's departure to its being taken by the network", "ps", 1},
        {"transit", "Time from a frame's departure to its last bit", "ps", 1})

    Nic(SST::ComponentId_t id, SST::Params& params);
    ~Nic() override;

    void init(unsigned int phase) override;
    void setup() override;
    void complete(unsigned int phase) override;
    void finish() override;
    void emergencyShutdown() override;

    [[nodiscard]] uint32_t node() const { return node_; }
    [[nodiscard]] uint64_t receiveLatencyPs() const { return receiveLatencyPs_; }
    [[nodiscard]] SST::Interfaces::SimpleNetwork::nid_t address() const;

    // For the gate.
    [[nodiscard]] uint64_t nowPs() const { return getCurrentSimCycle(); }
    void scheduleWake(uint64_t delayPs) { wakes_->send(delayPs, nullptr); }
    void scheduleWatch(uint64_t delayPs) { watches_->send(delayPs, nullptr); }
    void writeStatistics(const cosim::StatisticsRequest& request);
    // The coordinator has said Bye.
    void mayEnd();

    // A frame departs. Returns how many will come out of the network.
    [[nodiscard]] uint32_t transmit(std::vector<uint8_t> frame);

  private:
    struct Waiting {
        SST::Interfaces::SimpleNetwork::nid_t to;
        std::unique_ptr<NicPacket> packet;
    };

    [[nodiscard]] uint64_t findBytes(SST::Params& params, const char* name, const char* byDefault);
    [[nodiscard]] uint64_t findTime(SST::Params& params, const char* name, const char* byDefault);
    [[nodiscard]] cosim::NetworkOptions options() const;
    void registerStatistics();
    [[nodiscard]] uint64_t packetBits(size_t frameBytes) const;
    void enqueue(uint32_t to, const std::vector<uint8_t>& frame);
    // Gives the network what it takes.
    void pump();
    void handleWake(SST::Event* event);
    void handleWatch(SST::Event* event);
    void handleWhole(SST::Event* event);
    [[nodiscard]] bool handleReceive(int vn);
    [[nodiscard]] bool handleRoom(int vn);
    // Calls the gate; what it throws ends the simulation, with its text.
    template <typename Work>
    void call(Work work);

    SST::Output output_;
    uint32_t node_ = 0;
    uint64_t mtuBytes_ = 0;
    uint64_t packetBytes_ = 0;
    uint64_t headerBytes_ = 0;
    int vn_ = 0;
    uint64_t receiveLatencyPs_ = 0;
    uint64_t leastLatencyPs_ = 0;
    bool handsOverHeads_ = true;
    uint64_t queueBytesMax_ = 0;
    std::string endpoint_;
    std::string peerName_;
    SST::Interfaces::SimpleNetwork* network_ = nullptr;  // SST's own
    SST::Link* wakes_ = nullptr;                         // likewise
    SST::Link* watches_ = nullptr;
    SST::Link* whole_ = nullptr;
    NicStatistics statistics_;
    std::shared_ptr<NicGate> gate_;
    uint64_t bitsPerSecond_ = 0;
    uint64_t framesSent_ = 0;
    std::deque<Waiting> queue_;
    uint64_t queueBytes_ = 0;
    FrameAssembly assembly_;
    bool hasStarted_ = false;
    bool mayEnd_ = false;
};

}  // namespace dilaton::sst
