#include "dilaton/EventPeer.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "Entrance.h"
#include "dilaton/Errors.h"
#include "dilaton/IntervalCore.h"
#include "dilaton/WorkerLink.h"

namespace dilaton::cosim {

namespace {

// A simulator that is idle for long tells the worker this often, in its own time, that it goes on.
constexpr uint64_t kProgressPs = 1'000'000'000;

// When a message other than an interval acts.
uint64_t timeOf(const FromWorker& message) {
    if (message.type == FromWorker::Type::Statistics) {
        return message.statistics.timePs;
    }
    return message.bye.code == ByeCode::Done ? message.bye.timePs : 0;
}

}  // namespace

struct EventPeer::Parts {
    Parts(EventHost& eventHost, const PeerOptions& options, IntervalObserver* observer)
        : host(eventHost), link(options, observer), core(link.welcome()) {}

    // Does what is due now: sends requests; ends intervals and waits for the next one; asks for
    // the next wake.
    void step();
    void sendDue(uint64_t now);
    // Waits for the next interval; does what is asked for between two at the time that it names.
    // False if that time has not come, or there is no next interval.
    bool receive(uint64_t now);
    // Asks for a wake at `next`, or sooner.
    void wake(uint64_t now, uint64_t next);
    // Runs `work`, then step, unless it is already running: a host may answer within send.
    template <typename Work>
    void enter(Work work) {
        entrance.enter(
            work, [this] { step(); }, [this](const std::exception& why) { link.fail(why); });
    }

    EventHost& host;
    WorkerLink link;
    IntervalCore core;
    uint64_t wakePs = UINT64_MAX;    // the earliest wake asked for that has not come
    std::optional<FromWorker> held;  // what its time has not come for
    bool hasInterval = false;
    Entrance entrance;
};

void EventPeer::Parts::step() {
    const uint64_t now = host.nowPs();
    if (wakePs <= now) {
        wakePs = UINT64_MAX;
    }
    while (true) {
        if (!hasInterval && !receive(now)) {
            if (held) {
                link.progress(now);
                wake(now, timeOf(*held));
            }
            return;
        }
        sendDue(now);
        if (!core.isComplete(now)) {
            break;
        }
        link.done(core.done(now));
        hasInterval = false;
    }
    link.progress(now);
    wake(now, core.nextWake(now));
}

void EventPeer::Parts::sendDue(uint64_t now) {
    Access access;
    while (core.takeAccess(now, access)) {
        host.access(access);
    }
    Request request;
    while (core.takeDue(now, request)) {
        if (!host.send(request)) {
            core.putBack(request, now);
        }
    }
}

bool EventPeer::Parts::receive(uint64_t now) {
    while (true) {
        if (!held) {
            held = link.next([this] { return host.isInterrupted(); });
        }
        if (held->type == FromWorker::Type::Interval) {
            core.begin(held->interval);
            held.reset();
            hasInterval = true;
            return true;
        }
        if (timeOf(*held) > now) {
            return false;
        }
        const FromWorker message = std::move(*held);
        held.reset();
        if (message.type != FromWorker::Type::Statistics) {
            entrance.isFinished = true;
            return false;
        }
        host.statistics(message.statistics);
        link.statisticsDone();
    }
}

void EventPeer::Parts::wake(uint64_t now, uint64_t next) {
    if (next != UINT64_MAX) {
        next = std::min(next, now + kProgressPs);
    }
    if (next < wakePs) {
        wakePs = next;
        host.wakeAt(next);
    }
}

void EventHost::access(const Access& access) {
    throw HostFault("access " + std::to_string(access.id) + " to a peer without windows");
}

EventPeer::EventPeer(EventHost& host, const PeerOptions& options, IntervalObserver* observer)
    : parts_(std::make_unique<Parts>(host, options, observer)) {}

EventPeer::~EventPeer() = default;

const Welcome& EventPeer::welcome() const {
    return parts_->link.welcome();
}

void EventPeer::start() {
    parts_->enter([] {});
}

void EventPeer::onWake() {
    parts_->enter([] {});
}

void EventPeer::onAnswer(uint64_t ticket) {
    Parts& p = *parts_;
    p.enter([&p, ticket] { p.core.answer(ticket, p.host.nowPs()); });
}

void EventPeer::onCompletion(uint64_t id, const std::vector<uint8_t>& data) {
    Parts& p = *parts_;
    p.enter([&p, id, &data] { p.core.completeAccess(id, p.host.nowPs(), data); });
}

void EventPeer::onPosted(uint64_t ticket) {
    Parts& p = *parts_;
    p.enter([&p, ticket] { p.core.post(ticket); });
}

void EventPeer::onRoom(uint32_t vcpu) {
    Parts& p = *parts_;
    p.enter([&p, vcpu] {
        p.core.resume(vcpu);
        // A host with one wake may have moved it to make this call: it is asked again.
        p.wakePs = UINT64_MAX;
    });
}

void EventPeer::onDrop(uint32_t vcpu, uint64_t line) {
    parts_->core.drop(vcpu, line);
}

void EventPeer::pause(const std::string& reason) {
    parts_->link.connection().sendPause(reason);
}

void EventPeer::resume() {
    parts_->link.connection().sendResume();
}

bool EventPeer::isFinished() const {
    return parts_->entrance.isFinished;
}

void EventPeer::finish() {
    parts_->link.sayBye();
}

void EventPeer::fail(const std::exception& why) noexcept {
    parts_->entrance.isFinished = true;
    parts_->link.fail(why);
}

void EventPeer::stop(const std::string& why) noexcept {
    parts_->entrance.isFinished = true;
    parts_->link.fail(Interrupted(why));
}

}  // namespace dilaton::cosim
