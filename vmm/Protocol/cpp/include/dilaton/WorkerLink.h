#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "dilaton/Connection.h"
#include "dilaton/HeartbeatThread.h"
#include "dilaton/Messages.h"
#include "dilaton/Peer.h"

namespace dilaton::cosim {

// A peer's talk with its worker, from Hello to Bye; docs/protocol.md section 2.
//
//   WorkerLink() ──> next(): Interval ──> done() ──┐
//                └──────────<──────────────────────┤
//                    next(): Statistics ──> statisticsDone()
//                    next(): Bye ──> sayBye()
class WorkerLink {
  public:
    // Dials, says Hello and checks Welcome. Throws Refused, WorkerGone.
    explicit WorkerLink(const PeerOptions& options, IntervalObserver* observer = nullptr);

    [[nodiscard]] const Welcome& welcome() const { return welcome_; }
    [[nodiscard]] Connection& connection() { return connection_; }

    // Waits for an Interval (a network: a Frames), a Statistics or a Bye.
    [[nodiscard]] FromWorker next(const std::function<bool()>& isInterrupted);

    void done(IntervalDone done);
    void done(const FramesDone& done);
    void statisticsDone();

    // Answers the worker's Bye, once the peer's output is written.
    void sayBye();

    // Tells that the simulation got on, to this time. Cheap. Throws WorkerGone once it is.
    void progress(uint64_t timePs);

    // Tells the worker why this peer ends, if it can; the connection is over then.
    void fail(const std::exception& why) noexcept;

  private:
    WorkerLink(const PeerOptions& options, const CurveKeys& keys, IntervalObserver* observer);
    void checkWelcome(const PeerOptions& options) const;

    IntervalObserver* observer_;
    bool isNetwork_;
    Connection connection_;
    Welcome welcome_;
    std::unique_ptr<HeartbeatThread> heartbeat_;
    uint64_t timePs_ = 0;
    bool over_ = false;
};

}  // namespace dilaton::cosim
