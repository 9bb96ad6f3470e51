#include "dilaton/ModelPeer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "dilaton/Checked.h"
#include "dilaton/Errors.h"
#include "dilaton/ModelTimer.h"
#include "dilaton/WorkerLink.h"

namespace dilaton::cosim {

ModelTimer::ModelTimer(IntervalCore& core, TimingModel& model) : core_(core), model_(model) {
    if (model.minLatencyPs() == 0) {
        throw HostFault("a model needs a least latency above 0");
    }
}

void ModelTimer::run() {
    const uint64_t end = core_.endPs();
    for (uint64_t first = core_.nextIssue(); first < end; first = core_.nextIssue()) {
        window(std::min(end, saturatingAdd(first, model_.minLatencyPs())));
    }
}

void ModelTimer::window(uint64_t endPs) {
    requests_.clear();
    Request request;
    while (core_.takeBefore(endPs, request)) {
        requests_.push_back(request);
    }
    if (requests_.front().atPs < toldPs_) {
        throw ProtocolFault("vcpu " + std::to_string(requests_.front().vcpu) +
                            ": a request passes the cut at " +
                            std::to_string(requests_.front().atPs) + " ps, before " +
                            std::to_string(toldPs_) + " ps, which has passed");
    }
    toldPs_ = requests_.back().atPs;
    latencies_.assign(requests_.size(), 0);
    model_.latencies(requests_.data(), requests_.size(), latencies_.data());
    for (size_t i = 0; i < requests_.size(); i++) {
        core_.answerLatency(requests_[i].ticket, latencies_[i]);
    }
}

struct ModelPeer::Parts {
    Parts(TimingModel& timingModel, const PeerOptions& options, IntervalObserver* observer)
        : model(timingModel),
          link(options, observer),
          core(link.welcome()),
          timer(core, timingModel) {}

    void completeAccesses();

    TimingModel& model;
    WorkerLink link;
    IntervalCore core;
    ModelTimer timer;
};

void ModelPeer::Parts::completeAccesses() {
    Access access;
    while (core.takeAccess(core.endPs(), access)) {
        std::vector<uint8_t> data(access.sizeBytes, 0);
        const uint64_t latency = model.access(access, data);
        core.completeAccess(access.id, checkedAdd(access.atPs, latency), data);
    }
}

uint64_t TimingModel::access(const Access& access, std::vector<uint8_t>& data) {
    (void)data;
    throw HostFault("access " + std::to_string(access.id) + " to a peer without windows");
}

ModelPeer::ModelPeer(TimingModel& model, PeerOptions options, IntervalObserver* observer) {
    options.minLatencyPs = model.minLatencyPs();
    parts_ = std::make_unique<Parts>(model, options, observer);
}

ModelPeer::~ModelPeer() = default;

const Welcome& ModelPeer::welcome() const {
    return parts_->link.welcome();
}

void ModelPeer::run() {
    Parts& p = *parts_;
    try {
        uint64_t reached = 0;
        while (true) {
            const FromWorker message = p.link.next([&p] { return p.model.isInterrupted(); });
            if (message.type == FromWorker::Type::Bye) {
                return;
            }
            if (message.type == FromWorker::Type::Statistics) {
                p.model.statistics(message.statistics);
                p.link.statisticsDone();
                continue;
            }
            p.core.begin(message.interval);
            p.timer.run();
            p.completeAccesses();
            reached = std::max(reached, message.interval.endPs);
            p.link.done(p.core.done(reached));
        }
    } catch (const std::exception& why) {
        p.link.fail(why);
        throw;
    }
}

void ModelPeer::finish() {
    parts_->link.sayBye();
}

void ModelPeer::fail(const std::exception& why) noexcept {
    parts_->link.fail(why);
}

}  // namespace dilaton::cosim
