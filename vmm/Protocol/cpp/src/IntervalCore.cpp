#include "dilaton/IntervalCore.h"

#include <algorithm>
#include <string>
#include <utility>

#include "dilaton/Errors.h"
#include "dilaton/IntervalReader.h"

namespace dilaton::cosim {

namespace {

// A ticket is the vCPU above, the order of its request below.
constexpr unsigned kOrderBits = 48;
constexpr uint64_t kOrderMask = (uint64_t{1} << kOrderBits) - 1;

uint64_t ticketOf(uint32_t vcpu, uint64_t order) {
    return (uint64_t{vcpu} << kOrderBits) | (order & kOrderMask);
}

Request toTimeline(Request request) {
    request.ticket &= kOrderMask;
    return request;
}

}  // namespace

IntervalCore::IntervalCore(const Welcome& welcome)
    : welcome_(welcome), refused_(welcome.vcpus.size(), false), accesses_(welcome) {
    for (const VcpuInfo& vcpu : welcome.vcpus) {
        timelines_.emplace_back(vcpuCount(), vcpu, welcome_.minLatencyPs);
    }
}

void IntervalCore::begin(const Interval& interval) {
    const std::string name = "interval " + std::to_string(interval.number) + ": ";
    IntervalContents contents = readInterval(interval, number_ + 1, welcome_);
    number_ = interval.number;
    endPs_ = interval.endPs;
    limitPs_ = interval.limitPs;
    for (size_t i = 0; i < timelines_.size(); i++) {
        timelines_[i].begin(interval.vcpus[i], std::move(contents.states[i]), contents.records[i]);
    }
    accesses_.begin(interval, reachedPs_);
    for (VcpuTimeline& timeline : timelines_) {
        const uint64_t before = timeline.readyAt();
        timeline.issue();
        const uint64_t at = timeline.readyAt();
        if (at < before && at < reachedPs_) {
            throw ProtocolFault(name + "a request passes the cut at " + std::to_string(at) +
                                " ps, before " + std::to_string(reachedPs_) +
                                " ps, which has passed");
        }
    }
}

size_t IntervalCore::earliest() const {
    size_t first = timelines_.size();
    uint64_t firstAt = UINT64_MAX;
    for (size_t i = 0; i < timelines_.size(); i++) {
        const uint64_t at = timelines_[i].readyAt();
        if (at < firstAt && !refused_[i]) {
            first = i;
            firstAt = at;
        }
    }
    return first;
}

uint64_t IntervalCore::nextIssue() const {
    const size_t first = earliest();
    return first == timelines_.size() ? UINT64_MAX : timelines_[first].readyAt();
}

bool IntervalCore::take(uint64_t atMaxPs, Request& request) {
    const size_t first = earliest();
    if (first == timelines_.size() || timelines_[first].readyAt() > atMaxPs) {
        return false;
    }
    request = timelines_[first].take();
    request.ticket = ticketOf(request.vcpu, request.ticket);
    return true;
}

bool IntervalCore::takeDue(uint64_t nowPs, Request& request) {
    const uint64_t stop = isComplete(nowPs) ? endPs_ : safeUntil();
    if (nextIssue() >= stop || !take(nowPs, request)) {
        return false;
    }
    timelines_[request.vcpu].addLag(nowPs - request.atPs);
    return true;
}

bool IntervalCore::takeBefore(uint64_t endPs, Request& request) {
    return endPs > 0 && take(endPs - 1, request);
}

void IntervalCore::putBack(const Request& request, uint64_t nowPs) {
    VcpuTimeline& timeline = timelineOf(request.ticket);
    timeline.putBack(toTimeline(request));
    timeline.removeLag(nowPs - request.atPs);
    refused_[request.vcpu] = true;
}

void IntervalCore::resume(uint32_t vcpu) {
    refused_.at(vcpu) = false;
}

VcpuTimeline& IntervalCore::timelineOf(uint64_t ticket) {
    const uint64_t vcpu = ticket >> kOrderBits;
    if (vcpu >= timelines_.size()) {
        throw HostFault("ticket " + std::to_string(ticket) + " was never given");
    }
    return timelines_[vcpu];
}

void IntervalCore::answer(uint64_t ticket, uint64_t nowPs) {
    VcpuTimeline& timeline = timelineOf(ticket);
    const uint64_t sent = timeline.sentAt(ticket & kOrderMask);
    if (nowPs < sent) {
        throw HostFault("an answer comes before its request");
    }
    timeline.answer(ticket & kOrderMask, nowPs - sent);
}

void IntervalCore::answerLatency(uint64_t ticket, uint64_t latencyPs) {
    timelineOf(ticket).answer(ticket & kOrderMask, latencyPs);
}

void IntervalCore::post(uint64_t ticket) {
    VcpuTimeline& timeline = timelineOf(ticket);
    if (!nobodyWaits(timeline.kindOf(ticket & kOrderMask))) {
        throw HostFault("a request for which its core or store buffer waits needs an answer");
    }
    timeline.answer(ticket & kOrderMask, welcome_.minLatencyPs);
}

bool IntervalCore::takeAccess(uint64_t nowPs, Access& access) {
    return accesses_.takeDue(nowPs, access);
}

void IntervalCore::completeAccess(uint64_t id, uint64_t atPs, const std::vector<uint8_t>& data) {
    accesses_.complete(id, atPs, data);
}

void IntervalCore::drop(uint32_t vcpu, uint64_t line) {
    timelines_.at(vcpu).addDrop(line);
}

uint64_t IntervalCore::safeUntil() const {
    uint64_t safe = limitPs_;
    for (size_t i = 0; i < timelines_.size(); i++) {
        if (!accesses_.isOpen(i)) {
            safe = std::min(safe, std::max(timelines_[i].floorPs(), accesses_.floorPs(i)));
        }
    }
    return std::max(safe, endPs_);
}

bool IntervalCore::isComplete(uint64_t nowPs) const {
    if (nowPs < endPs_) {
        return false;
    }
    const bool waits = accesses_.isAnyOpen() || std::any_of(timelines_.begin(), timelines_.end(),
                                                            [this](const VcpuTimeline& t) {
                                                                return t.waitsForOneBefore(endPs_);
                                                            });
    return !waits || nowPs >= safeUntil();
}

uint64_t IntervalCore::nextWake(uint64_t nowPs) const {
    const uint64_t stop = nowPs < endPs_ ? endPs_ : safeUntil();
    return std::max(nowPs, std::min({stop, nextIssue(), accesses_.nextIssue()}));
}

IntervalDone IntervalCore::done(uint64_t reachedPs) {
    if (reachedPs < reachedPs_) {
        throw HostFault("time went back from " + std::to_string(reachedPs_) + " ps to " +
                        std::to_string(reachedPs) + " ps");
    }
    reachedPs_ = reachedPs;
    IntervalDone done;
    done.number = number_;
    done.reachedPs = reachedPs;
    for (VcpuTimeline& timeline : timelines_) {
        done.vcpus.push_back(timeline.finish());
    }
    done.completions = accesses_.takeCompleted();
    return done;
}

}  // namespace dilaton::cosim
