#include <sst/core/sst_config.h>

#include "NicGate.h"

#include <mutex>
#include <utility>

#include "Nic.h"
#include "dilaton/Errors.h"
#include "signals.h"

namespace dilaton::sst {

namespace {

// No network is so slow. What is on its way for longer fits no buffer on it, or was dropped.
constexpr uint64_t kTransitMaxPs = 1'000'000'000'000;

}  // namespace

std::shared_ptr<NicGate> NicGate::join(Nic& nic) {
    // SST makes components one by one and has no place for what they share but its own; the gate
    // lives as long as one of them.
    static std::mutex mutex;
    static std::weak_ptr<NicGate> current;
    const std::lock_guard<std::mutex> lock(mutex);
    std::shared_ptr<NicGate> gate = current.lock();
    if (gate == nullptr) {
        gate = std::make_shared<NicGate>();
        current = gate;
    }
    gate->nics_.push_back(&nic);
    return gate;
}

void NicGate::arrange() {
    byNode_.assign(nics_.size(), nullptr);
    for (Nic* nic : nics_) {
        if (nic->node() >= byNode_.size() || byNode_[nic->node()] != nullptr) {
            throw cosim::HostFault("of " + std::to_string(nics_.size()) +
                                   " dilaton.Nic one has node " + std::to_string(nic->node()) +
                                   ": parameter node must count them from 0");
        }
        byNode_[nic->node()] = nic;
    }
    for (const Nic* nic : nics_) {
        if (nic->receiveLatencyPs() != nics_.front()->receiveLatencyPs()) {
            throw cosim::HostFault("all dilaton.Nic must have the same rx_latency");
        }
    }
}

void NicGate::dial(cosim::NetworkOptions options) {
    arrange();
    options.ports = countNodes();
    options.receiveLatencyPs = nics_.front()->receiveLatencyPs();
    leastLatencyPs_ = options.leastLatencyPs;
    host_ = std::make_unique<cosim::NetworkHost>(*this, options);
}

void NicGate::start() {
    host_->start();
}

void NicGate::onWake() {
    host_->onWake();
}

void NicGate::deliver(uint32_t node, uint64_t sentPs, std::vector<uint8_t> bytes) {
    if (nowPs() - sentPs < leastLatencyPs_) {
        throw cosim::HostFault("a frame to node " + std::to_string(node) + " took " +
                               std::to_string(nowPs() - sentPs) + " ps, and latency promises " +
                               std::to_string(leastLatencyPs_));
    }
    departuresPs_.erase(departuresPs_.find(sentPs));
    host_->deliver(node, std::move(bytes));
}

void NicGate::watch() {
    isWatching_ = false;
    if (departuresPs_.empty()) {
        return;
    }
    const uint64_t due = *departuresPs_.begin() + kTransitMaxPs;
    if (due <= nowPs()) {
        throw cosim::HostFault(
            "a frame that departed at " + std::to_string(*departuresPs_.begin()) +
            " ps has not come within a second: does a packet fit the buffers of every router?");
    }
    isWatching_ = true;
    nics_.front()->scheduleWatch(due - nowPs());
}

void NicGate::endIfFinished() {
    if (host_ != nullptr && host_->isFinished()) {
        nics_.front()->mayEnd();
    }
}

void NicGate::finish() {
    if (host_ == nullptr) {
        return;
    }
    if (host_->isFinished()) {
        host_->finish();
    } else {
        host_->stop("SST ended its simulation before the nodes' end");
    }
    host_.reset();
}

void NicGate::stop(const std::string& why) noexcept {
    if (host_ != nullptr) {
        host_->stop(why);
        host_.reset();
    }
}

uint64_t NicGate::nowPs() const {
    return nics_.front()->nowPs();
}

void NicGate::wakeAt(uint64_t timePs) {
    // Never: then what is on its way brings the next event.
    if (timePs != UINT64_MAX) {
        nics_.front()->scheduleWake(timePs - nowPs());
    }
}

uint32_t NicGate::send(cosim::Frame frame) {
    const uint32_t copies = byNode_.at(frame.port)->transmit(std::move(frame.bytes));
    for (uint32_t i = 0; i < copies; i++) {
        departuresPs_.insert(nowPs());
    }
    if (!isWatching_) {
        watch();
    }
    return copies;
}

void NicGate::statistics(const cosim::StatisticsRequest& request) {
    nics_.front()->writeStatistics(request);
}

bool NicGate::isInterrupted() {
    return isSignalPending();
}

}  // namespace dilaton::sst
