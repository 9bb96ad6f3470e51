#include "dilaton/NetworkHost.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "Entrance.h"
#include "dilaton/Checked.h"
#include "dilaton/Errors.h"
#include "dilaton/FrameColumns.h"
#include "dilaton/WorkerLink.h"

namespace dilaton::cosim {

namespace {

PeerOptions linkOptions(const NetworkOptions& options) {
    if (options.receiveLatencyPs == 0) {
        throw HostFault("a network needs a receive latency above 0");
    }
    PeerOptions peer = options.peer;
    peer.ports = options.ports;
    peer.lookaheadPs = checkedAdd(options.leastLatencyPs, options.receiveLatencyPs);
    return peer;
}

}  // namespace

struct NetworkHost::Parts {
    Parts(NetworkSimulator& networkSimulator, const NetworkOptions& networkOptions)
        : simulator(networkSimulator), options(networkOptions), link(linkOptions(networkOptions)) {}

    // Does what is due now: lets frames depart; answers, and waits for the next ones; asks for the
    // next wake.
    void step();
    void sendDue(uint64_t now);
    // How far time may go: nobody acts before the horizon, nor before the first arrival.
    [[nodiscard]] uint64_t stopPs() const;
    // Nothing is on its way, and nothing will be.
    [[nodiscard]] bool isIdleForEver() const;
    void answer(uint64_t reachedPs);
    // Waits for the next frames. False if there are none.
    bool receive();
    void wake();
    // Runs `work`, then step, unless it is already running: a frame may be lost within send.
    template <typename Work>
    void enter(Work work) {
        entrance.enter(
            work, [this] { step(); }, [this](const std::exception& why) { link.fail(why); });
    }

    NetworkSimulator& simulator;
    NetworkOptions options;
    WorkerLink link;
    std::deque<Frame> departures;  // that have not departed, in order
    std::vector<Frame> arrivals;   // that have not been told
    uint64_t onTheirWay = 0;
    uint64_t number = 0;
    uint64_t horizonPs = 0;
    uint64_t reachedPs = 0;
    uint64_t wakePs = UINT64_MAX;  // the earliest wake asked for that has not come
    bool hasRequest = false;
    Entrance entrance;
};

void NetworkHost::Parts::step() {
    const uint64_t now = simulator.nowPs();
    if (wakePs <= now) {
        wakePs = UINT64_MAX;
    }
    while (true) {
        if (!hasRequest && !receive()) {
            return;
        }
        sendDue(now);
        if (isIdleForEver()) {
            answer(horizonPs);
            continue;
        }
        if (now < stopPs()) {
            break;
        }
        if (now > stopPs()) {
            throw HostFault("the simulator's time passed " + std::to_string(stopPs()) +
                            " ps, where it had to wait");
        }
        answer(now);
    }
    link.progress(now);
    wake();
}

void NetworkHost::Parts::sendDue(uint64_t now) {
    while (!departures.empty() && departures.front().timePs <= now) {
        if (departures.front().timePs < now) {
            throw HostFault("the simulator's time passed a departure at " +
                            std::to_string(departures.front().timePs) + " ps");
        }
        Frame frame = std::move(departures.front());
        departures.pop_front();
        // Nothing can come out before this has counted it: see deliver().
        onTheirWay += simulator.send(std::move(frame));
    }
}

uint64_t NetworkHost::Parts::stopPs() const {
    uint64_t stop = horizonPs;
    for (const Frame& frame : arrivals) {
        stop = std::min(stop, frame.timePs);
    }
    return stop;
}

bool NetworkHost::Parts::isIdleForEver() const {
    return horizonPs == UINT64_MAX && departures.empty() && arrivals.empty() && onTheirWay == 0;
}

void NetworkHost::Parts::answer(uint64_t reached) {
    FramesDone done;
    done.number = number;
    done.reachedPs = reachedPs = reached;
    done.earliestPs = onTheirWay == 0 || reached == UINT64_MAX
                          ? UINT64_MAX
                          : checkedAdd(reached, options.receiveLatencyPs);
    if (!departures.empty()) {
        done.earliestPs = std::min(
            done.earliestPs, saturatingAdd(departures.front().timePs,
                                           options.leastLatencyPs + options.receiveLatencyPs));
    }
    done.arrivals.swap(arrivals);
    hasRequest = false;
    link.done(done);
}

bool NetworkHost::Parts::receive() {
    while (true) {
        FromWorker message = link.next([this] { return simulator.isInterrupted(); });
        switch (message.type) {
            case FromWorker::Type::Frames:
                checkFrames(message.frames, ++number, reachedPs, link.welcome().ports);
                if (!departures.empty() && !message.frames.departures.empty() &&
                    message.frames.departures.front().timePs < departures.back().timePs) {
                    throw ProtocolFault("a departure comes before one that was sent earlier");
                }
                for (Frame& frame : message.frames.departures) {
                    departures.push_back(std::move(frame));
                }
                horizonPs = message.frames.horizonPs;
                hasRequest = true;
                return true;
            case FromWorker::Type::Statistics:
                simulator.statistics(message.statistics);
                link.statisticsDone();
                break;
            default:
                entrance.isFinished = true;
                return false;
        }
    }
}

void NetworkHost::Parts::wake() {
    uint64_t next = stopPs();
    if (!departures.empty()) {
        next = std::min(next, departures.front().timePs);
    }
    if (next < wakePs) {
        wakePs = next;
        simulator.wakeAt(next);
    }
}

NetworkHost::NetworkHost(NetworkSimulator& simulator, const NetworkOptions& options)
    : parts_(std::make_unique<Parts>(simulator, options)) {}

NetworkHost::~NetworkHost() = default;

uint32_t NetworkHost::ports() const {
    return parts_->link.welcome().ports;
}

void NetworkHost::start() {
    parts_->enter([] {});
}

void NetworkHost::onWake() {
    parts_->enter([] {});
}

void NetworkHost::deliver(uint32_t port, std::vector<uint8_t> bytes) {
    Parts& p = *parts_;
    p.enter([&p, port, &bytes] {
        if (p.onTheirWay == 0 || port >= p.link.welcome().ports) {
            throw HostFault("a frame came out at port " + std::to_string(port) +
                            " that was not on its way there");
        }
        p.onTheirWay--;
        p.arrivals.push_back(
            {checkedAdd(p.simulator.nowPs(), p.options.receiveLatencyPs), port, std::move(bytes)});
    });
}

void NetworkHost::lost(uint32_t count) {
    Parts& p = *parts_;
    p.enter([&p, count] {
        if (p.onTheirWay < count) {
            throw HostFault("more frames were lost than were on their way");
        }
        p.onTheirWay -= count;
    });
}

bool NetworkHost::isFinished() const {
    return parts_->entrance.isFinished;
}

void NetworkHost::finish() {
    parts_->link.sayBye();
}

void NetworkHost::stop(const std::string& why) noexcept {
    parts_->entrance.isFinished = true;
    parts_->link.fail(Interrupted(why));
}

}  // namespace dilaton::cosim
