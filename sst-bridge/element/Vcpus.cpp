#include <sst/core/sst_config.h>

#include "Vcpus.h"

#include <cstdlib>
#include <exception>

#include "compat.h"
#include "dilaton/Errors.h"
#include "dilaton/Messages.h"
#include "signals.h"

using SST::Interfaces::StandardMem;

namespace dilaton::sst {

namespace {

constexpr const char* kTick = "1ps";

// In the order of MemoryKind.
constexpr const char* kRequestStatistics[cosim::kMemoryKindCount] = {
    "loads",      "stores",       "fetches",       "atomics",  "flushes",
    "prefetches", "kernel_loads", "kernel_stores", "modifies", "writebacks"};

}  // namespace

Vcpus::Vcpus(SST::ComponentId_t id, SST::Params& params)
    : Component(id),
      output_("", params.find<uint32_t>("verbose", 0), 0, SST::Output::STDOUT),
      endpoint_(params.find<std::string>("endpoint", "")),
      peerName_(params.find<std::string>("peer", "")) {
    if (getCoreTimeBase() != SST::UnitAlgebra(kTick)) {
        output_.fatal(CALL_INFO, 1, "%s: SST's time base is %s, and must be %s\n",
                      getName().c_str(), getCoreTimeBase().toStringBestSI().c_str(), kTick);
    }
    checkRanks();
    wakes_ =
        configureSelfLink("wake", kTick, new Handler<SST::Event, Vcpus, &Vcpus::handleWake>(this));
    loadMmio();
    loadPorts(params);
    intervals_ = registerStatistic<uint64_t>("intervals");
    wakeCount_ = registerStatistic<uint64_t>("wakes");
    registerAsPrimaryComponent();
    primaryComponentDoNotEndSim();
}

Vcpus::~Vcpus() = default;

// Where mpirun starts an SST that knows no MPI, each process is a whole simulation of its own.
void Vcpus::checkRanks() {
    const char* const asked = std::getenv("DILATON_RANKS");
    const uint32_t ranks = getNumRanks().rank;
    if (asked != nullptr && std::to_string(ranks) != asked) {
        output_.fatal(CALL_INFO, 1, "%s: the job says ranks: %s, and SST runs with %u\n",
                      getName().c_str(), asked, ranks);
    }
}

void Vcpus::loadPorts(SST::Params& params) {
    const auto countMax = params.find<uint64_t>("max_outstanding", 0);
    const auto modifies = params.find<std::string>("modifies", "write");
    const auto trace = params.find<std::string>("trace", "");
    if (modifies != "write" && modifies != "read") {
        output_.fatal(CALL_INFO, 1, "%s: parameter modifies is '%s', and must be write or read\n",
                      getName().c_str(), modifies.c_str());
    }
    SST::SubComponentSlotInfo* slots = getSubComponentSlotInfo("memory");
    for (uint32_t vcpu = 0;; vcpu++) {
        const bool hasSlot = slots != nullptr && slots->isPopulated(static_cast<int>(vcpu));
        if (!hasSlot && !isPortConnected("cache_link_" + std::to_string(vcpu))) {
            break;
        }
        ports_.emplace_back(loadMemory(vcpu, hasSlot), registerStatistics(vcpu), countMax,
                            modifies == "read");
        if (!trace.empty() && !ports_.back().traceTo(trace + std::to_string(vcpu))) {
            output_.fatal(CALL_INFO, 1, "%s: %s%u can't be written\n", getName().c_str(),
                          trace.c_str(), vcpu);
        }
    }
    if (ports_.empty() && mmio_ == nullptr) {
        output_.fatal(CALL_INFO, 1,
                      "%s: no vCPU: fill slot `memory` or connect port cache_link_0; or fill "
                      "slot `mmio` for windows alone\n",
                      getName().c_str());
    }
}

void Vcpus::loadMmio() {
    mmio_ = loadUserSubComponent<StandardMem>(
        "mmio", SST::ComponentInfo::SHARE_NONE, getTimeConverter(kTick),
        new Handler<StandardMem, Vcpus, &Vcpus::handleMmio>(this));
    windows_ = std::make_unique<MmioPort>(registerStatistic<uint64_t>("window_loads"),
                                          registerStatistic<uint64_t>("window_stores"),
                                          registerStatistic<uint64_t>("window_latency"));
}

StandardMem* Vcpus::loadMemory(uint32_t vcpu, bool hasSlot) {
    using Answer = Handler<StandardMem, Vcpus, &Vcpus::handleAnswer, uint32_t>;
    const auto tick = getTimeConverter(kTick);
    StandardMem* memory = nullptr;
    if (hasSlot) {
        memory = getSubComponentSlotInfo("memory")->create<StandardMem>(
            static_cast<int>(vcpu), SST::ComponentInfo::SHARE_NONE, tick, new Answer(this, vcpu));
    } else {
        SST::Params port;
        port.insert("port", "cache_link_" + std::to_string(vcpu));
        memory = loadAnonymousSubComponent<StandardMem>(
            "memHierarchy.standardInterface", "memory", static_cast<int>(vcpu),
            SST::ComponentInfo::SHARE_PORTS | SST::ComponentInfo::INSERT_STATS, port, tick,
            new Answer(this, vcpu));
    }
    if (memory == nullptr) {
        output_.fatal(CALL_INFO, 1, "%s: no memory interface could be loaded for vCPU %u\n",
                      getName().c_str(), vcpu);
    }
    return memory;
}

VcpuStatistics Vcpus::registerStatistics(uint32_t vcpu) {
    const std::string id = std::to_string(vcpu);
    VcpuStatistics statistics;
    for (size_t kind = 0; kind < statistics.requests.size(); kind++) {
        statistics.requests[kind] = registerStatistic<uint64_t>(kRequestStatistics[kind], id);
    }
    statistics.latency = registerStatistic<uint64_t>("latency", id);
    statistics.stall = registerStatistic<uint64_t>("stall", id);
    statistics.lag = registerStatistic<uint64_t>("overload_lag", id);
    statistics.drops = registerStatistic<uint64_t>("dropped_lines", id);
    return statistics;
}

void Vcpus::init(unsigned int phase) {
    for (VcpuPort& port : ports_) {
        port.memory().init(phase);
    }
    if (mmio_ != nullptr) {
        mmio_->init(phase);
    }
}

void Vcpus::setup() {
    for (VcpuPort& port : ports_) {
        port.memory().setup();
    }
    if (mmio_ != nullptr) {
        mmio_->setup();
    }
    try {
        dial();
    } catch (const std::exception& why) {
        peer_.reset();
        output_.fatal(CALL_INFO, 1, "%s: %s\n", getName().c_str(), why.what());
    }
    wakeAt(0);
}

cosim::PeerOptions Vcpus::options() {
    cosim::PeerOptions options;
    if (endpoint_.empty() || peerName_.empty()) {
        options = cosim::PeerOptions::fromEnvironment();
    }
    if (!endpoint_.empty()) {
        options.endpoint = endpoint_;
    }
    if (!peerName_.empty()) {
        options.peer = peerName_;
    }
    options.software = "sst";
    options.softwareVersion = PACKAGE_VERSION;
    options.windows = true;
    // 0, any number, where there is no memory; 0, any, where it knows no lines.
    options.vcpus = static_cast<uint32_t>(ports_.size());
    options.lineSizeBytes =
        ports_.empty() ? 0 : static_cast<uint32_t>(ports_.front().memory().getLineSize());
    return options;
}

void Vcpus::dial() {
    peer_ = std::make_unique<cosim::EventPeer>(*this, options(), this);
    const cosim::Welcome& welcome = peer_->welcome();
    lineSizeBytes_ = welcome.lineSizeBytes;
    for (const cosim::VcpuInfo& vcpu : welcome.vcpus) {
        clocks_.emplace_back(vcpu.frequencyHz, vcpu.unitsPerCycle);
    }
    stallsPs_.resize(welcome.vcpus.size());
    output_.verbose(CALL_INFO, 1, 0, "%s: node %s, %zu vCPUs, lines of %u B\n", getName().c_str(),
                    welcome.node.c_str(), welcome.vcpus.size(), welcome.lineSizeBytes);
}

void Vcpus::complete(unsigned int phase) {
    for (VcpuPort& port : ports_) {
        port.memory().complete(phase);
    }
    if (mmio_ != nullptr) {
        mmio_->complete(phase);
    }
}

void Vcpus::finish() {
    for (VcpuPort& port : ports_) {
        port.memory().finish();
    }
    if (mmio_ != nullptr) {
        mmio_->finish();
    }
    if (peer_ == nullptr) {
        return;
    }
    try {
        if (peer_->isFinished()) {
            peer_->finish();
        } else {
            peer_->stop("SST ended its simulation before the guest's end");
        }
    } catch (const std::exception& why) {
        output_.output("%s: %s\n", getName().c_str(), why.what());
    }
    peer_.reset();
}

void Vcpus::emergencyShutdown() {
    if (peer_ != nullptr) {
        peer_->stop("SST was stopped");
        peer_.reset();
    }
}

template <typename Work>
void Vcpus::call(Work work) {
    if (peer_ == nullptr) {
        return;
    }
    try {
        work();
    } catch (const cosim::Interrupted&) {
        // SST ends by itself after this event.
        peer_.reset();
        return;
    } catch (const std::exception& why) {
        peer_.reset();
        output_.fatal(CALL_INFO, 1, "%s: %s\n", getName().c_str(), why.what());
    }
    if (peer_->isFinished() && !mayEnd_) {
        mayEnd_ = true;
        primaryComponentOKToEndSim();
    }
}

void Vcpus::handleWake(SST::Event* event) {
    delete event;
    wakeCount_->addData(1);
    call([this] {
        if (hasStarted_) {
            peer_->onWake();
        } else {
            hasStarted_ = true;
            peer_->start();
        }
    });
}

void Vcpus::handleAnswer(StandardMem::Request* answer, uint32_t vcpu) {
    const std::unique_ptr<StandardMem::Request> owner(answer);
    call([this, answer, vcpu] {
        if (const auto* lost = dynamic_cast<StandardMem::InvNotify*>(answer)) {
            peer_->onDrop(vcpu, lost->pAddr & ~(lineSizeBytes_ - 1));
            return;
        }
        if (tryComplete(*answer)) {
            return;
        }
        peer_->onAnswer(ports_[vcpu].takeAnswer(*answer, nowPs()));
        if (ports_[vcpu].takeRoom()) {
            peer_->onRoom(vcpu);
        }
    });
}

void Vcpus::handleMmio(StandardMem::Request* answer) {
    const std::unique_ptr<StandardMem::Request> owner(answer);
    call([this, answer] {
        if (!tryComplete(*answer)) {
            throw cosim::HostFault("slot mmio: an answer to no access: " + answer->getString());
        }
    });
}

bool Vcpus::tryComplete(StandardMem::Request& answer) {
    MmioPort::Completed completed;
    if (!windows_->take(answer, nowPs(), completed)) {
        return false;
    }
    peer_->onCompletion(completed.access, completed.data);
    return true;
}

uint64_t Vcpus::nowPs() const {
    return getCurrentSimCycle();
}

void Vcpus::wakeAt(uint64_t timePs) {
    wakes_->send(timePs - nowPs(), nullptr);
}

bool Vcpus::send(const cosim::Request& request) {
    return ports_[request.vcpu].send(request, lineSizeBytes_, nowPs());
}

void Vcpus::access(const cosim::Access& access) {
    windows_->send(mmio_ != nullptr ? *mmio_ : ports_[access.vcpu].memory(), access, nowPs());
}

void Vcpus::statistics(const cosim::StatisticsRequest& request) {
    if (request.reset) {
        output_.output(
            "%s: statistics can't be set to zero while SST runs: they are written, to be "
            "subtracted from those of later times\n",
            getName().c_str());
    }
    if (request.dump || request.reset) {
        if (getNumRanks().rank > 1) {
            output_.output(
                "%s: a mark writes the statistics of this rank, %u, alone; those of the others are "
                "written at the end\n",
                getName().c_str(), getRank().rank);
        }
        performGlobalStatisticOutput();
    }
}

bool Vcpus::isInterrupted() {
    return isSignalPending();
}

void Vcpus::onInterval(const cosim::Interval& interval) {
    (void)interval;
    intervals_->addData(1);
}

bool Vcpus::onDone(cosim::Connection& connection, cosim::IntervalDone& done) {
    (void)connection;
    for (size_t i = 0; i < done.vcpus.size() && i < ports_.size(); i++) {
        const cosim::VcpuOutput& vcpu = done.vcpus[i];
        const uint64_t stallPs = clocks_[i].timeAt(vcpu.state.stallUnits);
        VcpuStatistics& statistics = ports_[i].statistics();
        if (stallPs > stallsPs_[i]) {
            statistics.stall->addData(stallPs - stallsPs_[i]);
        }
        stallsPs_[i] = stallPs;
        if (vcpu.overloadLagPs > 0) {
            statistics.lag->addData(vcpu.overloadLagPs);
        }
        if (!vcpu.drops.empty()) {
            statistics.drops->addData(vcpu.drops.size());
        }
    }
    return true;
}

}  // namespace dilaton::sst
