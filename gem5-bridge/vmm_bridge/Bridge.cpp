#include "Bridge.h"

#include <string>
#include <utility>

#include "VcpuPort.h"
#include "base/logging.hh"
#include "base/statistics.hh"
#include "dilaton/Errors.h"
#include "sim/async.hh"
#include "sim/core.hh"
#include "sim/cur_tick.hh"
#include "sim/sim_exit.hh"
#include "sim/system.hh"

namespace gem5 {
extern const char* gem5Version;
}

namespace vmm_bridge {

namespace {

using dilaton::cosim::MemoryKind;

// After all that memory does at a time, before what ends the simulation at that time.
constexpr gem5::Event::Priority kWakePriority = gem5::Event::Sim_Exit_Pri - 1;

// A cause that gem5's own scripts know as the program's end.
constexpr const char* kEndCause = "m5_exit instruction encountered";

}  // namespace

Bridge& Bridge::instance() {
    static Bridge* const bridge = new Bridge;  // gem5's objects outlive main
    return *bridge;
}

Bridge::Bridge()
    : start_([this] { start(); }, "vmm_bridge.start", false, kWakePriority),
      wake_([this] { wake(); }, "vmm_bridge.wake", false, kWakePriority),
      room_([this] { room(); }, "vmm_bridge.room", false, kWakePriority) {}

void Bridge::add(VcpuPort& port, gem5::System& system) {
    const PortData& data = port.data();
    if (vcpus_.empty()) {
        events_ = &port.ownerObject();
        system_ = &system;
        blocks_ = std::make_unique<BlockStatistics>(&system);
        lineSizeBytes_ = static_cast<uint32_t>(system.cacheLineSize());
        vcpus_.resize(data.vcpus);
        events_->schedule(start_, gem5::curTick());
    }
    fatal_if(vcpus_.size() != data.vcpus,
             "vmm_bridge: one port belongs to a board of %d vcpus, another to one of %d",
             vcpus_.size(), data.vcpus);
    Vcpu& vcpu = vcpus_[data.vcpu];
    VcpuPort*& place = data.side == PortData::Side::Data ? vcpu.data : vcpu.instruction;
    fatal_if(place != nullptr, "vmm_bridge: vcpu %d has two ports of one side", data.vcpu);
    place = &port;
}

void Bridge::check() const {
    fatal_if(gem5::sim_clock::Frequency != dilaton::cosim::kTicksPerSecond,
             "vmm_bridge: a tick must be 1 ps; here there are %d ticks in a second",
             gem5::sim_clock::Frequency);
    fatal_if(!system_->isTimingMode(), "vmm_bridge: the system's memory mode must be timing");
    fatal_if(gem5::curTick() != 0, "vmm_bridge: time must begin at 0: no checkpoint can be used");
    for (size_t i = 0; i < vcpus_.size(); i++) {
        fatal_if(vcpus_[i].data == nullptr, "vmm_bridge: vcpu %d has no data port", i);
    }
}

void Bridge::start() {
    check();
    enter([this] {
        auto options = dilaton::cosim::PeerOptions::fromEnvironment();
        options.software = "gem5";
        options.softwareVersion = gem5::gem5Version;
        options.lineSizeBytes = lineSizeBytes_;
        options.vcpus = static_cast<uint32_t>(vcpus_.size());
        options.windows = true;
        peer_ = std::make_unique<dilaton::cosim::EventPeer>(*this, options);
        checkWindows();
        peer_->start();
    });
}

void Bridge::checkWindows() const {
    for (const dilaton::cosim::Window& window : peer_->welcome().windows) {
        if (!window.timedOnly) {
            throw dilaton::cosim::HostFault("window '" + window.name +
                                            "' is of a device, and gem5's memory keeps no data: "
                                            "give it kind: memory");
        }
        if (vcpus_[0].data->data().caches == PortData::Caches::Ruby) {
            throw dilaton::cosim::HostFault("window '" + window.name +
                                            "' lies behind Ruby, which can't go past its caches");
        }
    }
}

void Bridge::enter(const std::function<void()>& call) {
    if (hasEnded_) {
        return;
    }
    try {
        call();
    } catch (const dilaton::cosim::Interrupted&) {
        // gem5 itself ends the loop, and says why.
        hasEnded_ = true;
        return;
    } catch (const std::exception& why) {
        hasEnded_ = true;
        peer_.reset();  // sends what the worker is to be told
        fatal("vmm_bridge: %s", why.what());
    }
    if (peer_->isFinished()) {
        hasEnded_ = true;
        gem5::exitSimLoop(kEndCause);
    }
}

void Bridge::wake() {
    while (!wakes_.empty() && wakes_.top() <= gem5::curTick()) {
        wakes_.pop();
    }
    enter([this] { peer_->onWake(); });
    scheduleWake();
}

void Bridge::scheduleWake() {
    if (wakes_.empty() || hasEnded_) {
        return;
    }
    if (!wake_.scheduled()) {
        events_->schedule(wake_, wakes_.top());
    } else if (wake_.when() > wakes_.top()) {
        events_->reschedule(wake_, wakes_.top());
    }
}

void Bridge::room() {
    enter([this] {
        for (uint32_t i = 0; i < vcpus_.size(); i++) {
            if (vcpus_[i].access) {
                vcpus_[i].data->send(*std::exchange(vcpus_[i].access, std::nullopt));
            }
            if (std::exchange(vcpus_[i].deferred, false)) {
                peer_->onRoom(i);
            }
        }
    });
}

void Bridge::onAnswer(uint64_t ticket) {
    isAnswering_ = true;
    enter([this, ticket] { peer_->onAnswer(ticket); });
    isAnswering_ = false;
}

void Bridge::onCompletion(uint64_t access) {
    isAnswering_ = true;
    enter([this, access] { peer_->onCompletion(access, {}); });
    isAnswering_ = false;
}

void Bridge::access(const dilaton::cosim::Access& access) {
    Vcpu& vcpu = vcpus_[access.vcpu];
    if (!isAnswering_) {
        vcpu.data->send(access);
        return;
    }
    vcpu.access = access;
    if (!room_.scheduled()) {
        events_->schedule(room_, gem5::curTick());
    }
}

void Bridge::onRoom(uint32_t vcpu) {
    enter([this, vcpu] { peer_->onRoom(vcpu); });
}

void Bridge::onDrop(uint32_t vcpu, uint64_t address) {
    if (!hasEnded_) {
        peer_->onDrop(vcpu, address & ~uint64_t{lineSizeBytes_ - 1});
    }
}

void Bridge::finish() {
    if (peer_ == nullptr) {
        return;
    }
    try {
        if (peer_->isFinished()) {
            peer_->finish();
        }
    } catch (const std::exception& why) {
        warn("vmm_bridge: %s", why.what());
    }
    peer_.reset();
}

uint64_t Bridge::nowPs() const {
    return gem5::curTick();
}

void Bridge::wakeAt(uint64_t timePs) {
    wakes_.push(timePs);
    scheduleWake();
}

bool Bridge::send(const dilaton::cosim::Request& request) {
    Vcpu& vcpu = vcpus_[request.vcpu];
    if (isAnswering_) {
        // Not from inside the memory system's own call, but later at the same time.
        vcpu.deferred = true;
        if (!room_.scheduled()) {
            events_->schedule(room_, gem5::curTick());
        }
        return false;
    }
    const bool isFetch = request.kind == MemoryKind::Fetch && vcpu.instruction != nullptr;
    bool posted = false;
    const bool taken = (isFetch ? vcpu.instruction : vcpu.data)->send(request, posted);
    if (posted) {
        peer_->onPosted(request.ticket);
    }
    return taken;
}

void Bridge::statistics(const dilaton::cosim::StatisticsRequest& request) {
    if (request.dump) {
        blocks_->name(request.label);
        gem5::statistics::dump();
    }
    if (request.reset) {
        gem5::statistics::reset();
    }
    blocks_->next(request.dump);
}

bool Bridge::isInterrupted() {
    return gem5::async_exit || gem5::async_exception;
}

}  // namespace vmm_bridge

// What the configuration's Python calls; the package vmm_bridge does.
extern "C" __attribute__((visibility("default"))) void vmm_bridge_finish() {
    vmm_bridge::Bridge::instance().finish();
}
