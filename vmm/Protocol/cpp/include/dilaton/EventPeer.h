#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "dilaton/Messages.h"
#include "dilaton/Peer.h"

namespace dilaton::cosim {

// The simulator that an EventPeer lives in. Times are picoseconds of its own clock, which begins
// at 0 and never passes a wake that it was asked for.
class EventHost {
  public:
    virtual ~EventHost() = default;

    [[nodiscard]] virtual uint64_t nowPs() const = 0;

    // Schedules a call of EventPeer::onWake at this time, now or later. Never cancelled: a wake
    // that is no longer needed is ignored. A host may keep every wake, or only the earliest: what
    // comes later is asked for again. A wake that it makes for itself calls onRoom.
    virtual void wakeAt(uint64_t timePs) = 0;

    // Sends a request into the memory system, now. False: it can't be taken now; this vCPU's
    // requests then wait until onRoom. A host that may not send from within its memory's own call
    // says false there, and calls onRoom from an event at the same time: nothing is late by that.
    [[nodiscard]] virtual bool send(const Request& request) = 0;

    // An access to a window begins, now: its completion is told by EventPeer::onCompletion. Only
    // for a host that offers PeerOptions::windows.
    virtual void access(const Access& access);

    // Between intervals: write statistics out, set them to zero, or both.
    virtual void statistics(const StatisticsRequest& request) { (void)request; }

    // Asked a few times a second of host time while the peer waits: whether to give up.
    [[nodiscard]] virtual bool isInterrupted() { return false; }
};

// A peer for event-driven simulators: docs/protocol.md 4.4. All calls come from the thread that
// runs the simulator's events; each may block, inside, until the worker has the next interval.
//
//   constructor ──> start() ──> onWake(), onAnswer(), onRoom() ... ──> isFinished() ──> finish()
//
// Each throws Error, having told the worker why; the simulation must end then.
class EventPeer {
  public:
    // Dials and waits for Welcome.
    EventPeer(EventHost& host, const PeerOptions& options, IntervalObserver* observer = nullptr);
    ~EventPeer();

    [[nodiscard]] const Welcome& welcome() const;

    // Waits for the first interval and asks for wakes. Once, when the simulator's time begins.
    void start();

    // The wake that was asked for, or any other time.
    void onWake();

    // The answer to a request comes now.
    void onAnswer(uint64_t ticket);

    // An access to a window is completed now; `data` is what it loads, if it is to.
    void onCompletion(uint64_t id, const std::vector<uint8_t>& data);

    // No answer will come to a request for which nobody waits, such as a write-back.
    void onPosted(uint64_t ticket);

    // Requests of this vCPU can be taken again.
    void onRoom(uint32_t vcpu);

    // The vCPU's filter must drop this line, since another took it.
    void onDrop(uint32_t vcpu, uint64_t line);

    // The peer stands on purpose, for a debugger or a user's handler: the hang clock stops.
    void pause(const std::string& reason);
    void resume();

    // Whether the worker has said Bye: the simulation is to end, and write its output.
    [[nodiscard]] bool isFinished() const;

    // Answers the worker's Bye; after all output is written.
    void finish();

    // The host can't go on: tells the worker why, if it can.
    void fail(const std::exception& why) noexcept;

    // The simulation ends although the worker has not said Bye: tells it why, if it can.
    void stop(const std::string& why) noexcept;

  private:
    struct Parts;

    std::unique_ptr<Parts> parts_;
};

}  // namespace dilaton::cosim
