#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "dilaton/Messages.h"
#include "dilaton/Peer.h"

namespace dilaton::cosim {

// The simulator that a NetworkHost lives in. Times are picoseconds of its own clock, which begins
// at 0 and never passes a wake that it was asked for.
class NetworkSimulator {
  public:
    virtual ~NetworkSimulator() = default;

    [[nodiscard]] virtual uint64_t nowPs() const = 0;

    // Schedules a call of NetworkHost::onWake at this time, now or later. Never cancelled: a wake
    // that is no longer needed is ignored.
    virtual void wakeAt(uint64_t timePs) = 0;

    // A frame departs now from its port. Returns how many frames come out of the network for it:
    // one; none if it is dropped; one for each port that a broadcast goes to. None of them does
    // before this returns.
    [[nodiscard]] virtual uint32_t send(Frame frame) = 0;

    // Write statistics out, set them to zero, or both.
    virtual void statistics(const StatisticsRequest& request) { (void)request; }

    // Asked a few times a second of host time while nothing is to do: whether to give up.
    [[nodiscard]] virtual bool isInterrupted() { return false; }
};

struct NetworkOptions {
    PeerOptions peer;
    uint32_t ports = 0;  // 0: any number
    // The least time from a frame's departure to when it comes out of the network.
    uint64_t leastLatencyPs = 0;
    // From when a frame comes out to its arrival at the node, above 0: so long before its time an
    // arrival is known. A node can't act on it sooner, and the others run on meanwhile.
    uint64_t receiveLatencyPs = 0;
};

// A network's end of the wire to the coordinator: docs/protocol.md section 8. Takes what departs,
// lets time go only as far as it may, and gives what arrives. All calls come from the thread that
// runs the simulator's events; each may block, inside, until the coordinator says more.
//
//   constructor ──> start() ──> onWake(), deliver(), lost() ... ──> isFinished() ──> finish()
//
// Each throws Error, having told the coordinator why; the simulation must end then.
class NetworkHost {
  public:
    // Dials and waits for Welcome.
    NetworkHost(NetworkSimulator& simulator, const NetworkOptions& options);
    ~NetworkHost();

    // Of the job.
    [[nodiscard]] uint32_t ports() const;

    // Waits for the first frames and asks for wakes. Once, when the simulator's time begins.
    void start();

    // The wake that was asked for, or any other time.
    void onWake();

    // A frame comes out of the network at this port, now.
    void deliver(uint32_t port, std::vector<uint8_t> bytes);

    // Frames that send() promised do not come out.
    void lost(uint32_t count);

    // Whether the coordinator has said Bye: the simulation is to end, and write its output.
    [[nodiscard]] bool isFinished() const;

    // Answers the coordinator's Bye; after all output is written.
    void finish();

    // The simulation ends although the coordinator has not said Bye: tells it why, if it can.
    void stop(const std::string& why) noexcept;

  private:
    struct Parts;

    std::unique_ptr<Parts> parts_;
};

}  // namespace dilaton::cosim
