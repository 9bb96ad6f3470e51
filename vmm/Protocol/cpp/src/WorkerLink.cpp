#include "dilaton/WorkerLink.h"

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

void require(bool holds, const std::string& what) {
    if (!holds) {
        throw Refused(what);
    }
}

std::string differs(const char* what, uint64_t job, uint64_t peer) {
    return std::string(what) + ": the job has " + std::to_string(job) + ", the peer has " +
           std::to_string(peer);
}

Hello helloOf(const PeerOptions& options) {
    Hello hello;
    hello.peer = options.peer;
    hello.software = options.software;
    hello.softwareVersion = options.softwareVersion;
    hello.lineSizeBytes = options.lineSizeBytes;
    hello.vcpus = options.vcpus;
    hello.minLatencyPs = options.minLatencyPs;
    hello.processId = options.keyFile.empty() ? static_cast<uint64_t>(getpid()) : 0;
    hello.features = {"statistics", "ring", "pipelined", "branches"};
    hello.ports = options.ports;
    hello.lookaheadPs = options.lookaheadPs;
    if (options.lookaheadPs > 0) {
        hello.features.emplace_back("network");
    }
    if (options.windows) {
        hello.features.push_back("access");
    }
    return hello;
}

void checkCore(const VcpuInfo& vcpu, bool isOutOfOrder) {
    if (!isOutOfOrder) {
        require(!vcpu.isOutOfOrder(), "vcpus: one has a window, and the issue set is 'inorder'");
        return;
    }
    require(vcpu.isOutOfOrder() && vcpu.windowUnits <= kWindowUnitsMax,
            differs("window_units", vcpu.windowUnits, kWindowUnitsMax));
    require(vcpu.loadQueueEntries > 0 && vcpu.loadQueueEntries <= kLoadQueueEntriesMax,
            differs("load_queue_entries", vcpu.loadQueueEntries, kLoadQueueEntriesMax));
    require(vcpu.missRegisters > 0 && vcpu.missRegisters <= kMissRegistersMax,
            differs("miss_registers", vcpu.missRegisters, kMissRegistersMax));
}

ByeCode codeOf(const std::exception& why) {
    if (dynamic_cast<const ProtocolFault*>(&why) != nullptr) {
        return ByeCode::ProtocolFault;
    }
    if (dynamic_cast<const Refused*>(&why) != nullptr) {
        return ByeCode::Refused;
    }
    return dynamic_cast<const Interrupted*>(&why) != nullptr ? ByeCode::Interrupted
                                                             : ByeCode::Failed;
}

}  // namespace

PeerOptions PeerOptions::fromEnvironment() {
    const char* endpoint = std::getenv("DILATON_ENDPOINT");
    const char* peer = std::getenv("DILATON_PEER");
    if (endpoint == nullptr || peer == nullptr) {
        throw HostFault("DILATON_ENDPOINT and DILATON_PEER are not set: a worker starts peers");
    }
    PeerOptions options;
    options.endpoint = endpoint;
    options.peer = peer;
    if (const char* keys = std::getenv("DILATON_KEY_FILE"); keys != nullptr) {
        options.keyFile = keys;
    }
    return options;
}

WorkerLink::WorkerLink(const PeerOptions& options, IntervalObserver* observer)
    : WorkerLink(options, CurveKeys::read(options.keyFile), observer) {}

WorkerLink::WorkerLink(const PeerOptions& options, const CurveKeys& keys,
                       IntervalObserver* observer)
    : observer_(observer),
      isNetwork_(options.lookaheadPs > 0),
      connection_(options.endpoint, options.peer, keys) {
    try {
        connection_.send(helloOf(options));
        FromWorker message = connection_.receive(nullptr, options.welcomeTimeoutMs);
        if (message.type == FromWorker::Type::Bye) {
            over_ = true;
            throw Refused("the worker refused: " + message.bye.text);
        }
        if (message.type != FromWorker::Type::Welcome) {
            throw ProtocolFault("the first message is no Welcome");
        }
        welcome_ = std::move(message.welcome);
        checkWelcome(options);
        if (!welcome_.ring.empty()) {
            connection_.enterRing(welcome_.ring, welcome_.intervalsUnderWay);
        }
    } catch (const std::exception& why) {
        fail(why);
        throw;
    }
    heartbeat_ = std::make_unique<HeartbeatThread>(connection_.context(), options.endpoint,
                                                   options.peer, keys, welcome_.heartbeatMs);
}

void WorkerLink::checkWelcome(const PeerOptions& options) const {
    const Welcome& job = welcome_;
    const uint64_t count = job.vcpus.size();
    require(job.version == kProtocolVersion, differs("version", job.version, kProtocolVersion));
    if (isNetwork_) {
        require(job.ports > 0 && job.ports <= kPortsMax, differs("ports", job.ports, kPortsMax));
        require(options.ports == 0 || options.ports >= job.ports,
                differs("ports", job.ports, options.ports));
        return;
    }
    require(job.issueSet == "inorder" || job.issueSet == "interval",
            "issue set: the job has '" + job.issueSet + "', the peer has 'inorder' and 'interval'");
    require(count > 0 && count <= kVcpusMax, differs("vcpus", count, kVcpusMax));
    require(options.vcpus == 0 || options.vcpus >= count, differs("vcpus", count, options.vcpus));
    require(job.lineSizeBytes > 0 &&
                (options.lineSizeBytes == 0 || options.lineSizeBytes == job.lineSizeBytes),
            differs("line_size_bytes", job.lineSizeBytes, options.lineSizeBytes));
    require(options.minLatencyPs == 0 || options.minLatencyPs >= job.minLatencyPs,
            differs("min_latency_ps", job.minLatencyPs, options.minLatencyPs));
    require(options.windows || job.windows.empty(), differs("windows", job.windows.size(), 0));
    require(job.windows.size() <= kWindowsMax, differs("windows", job.windows.size(), kWindowsMax));
    require(job.intervalsUnderWay <= kIntervalsUnderWayMax,
            differs("intervals_under_way", job.intervalsUnderWay, kIntervalsUnderWayMax));
    for (const VcpuInfo& vcpu : job.vcpus) {
        require(vcpu.frequencyHz > 0 && vcpu.unitsPerCycle > 0,
                "vcpus: one has no frequency or no units");
        require(vcpu.storeBufferEntries > 0 && vcpu.storeBufferEntries <= kStoreBufferEntriesMax,
                differs("store_buffer_entries", vcpu.storeBufferEntries, kStoreBufferEntriesMax));
        checkCore(vcpu, job.issueSet == "interval");
    }
}

FromWorker WorkerLink::next(const std::function<bool()>& isInterrupted) {
    FromWorker message = connection_.receive(isInterrupted, 0);
    switch (message.type) {
        case FromWorker::Type::Welcome:
            throw ProtocolFault("a second Welcome");
        case FromWorker::Type::Frames:
            if (!isNetwork_) {
                throw ProtocolFault("frames for a memory");
            }
            break;
        case FromWorker::Type::Interval:
            if (isNetwork_) {
                throw ProtocolFault("an interval for a network");
            }
            if (observer_ != nullptr) {
                observer_->onInterval(message.interval);
            }
            break;
        case FromWorker::Type::Bye:
            if (message.bye.code == ByeCode::ProtocolFault ||
                message.bye.code == ByeCode::Refused) {
                over_ = true;
                throw WorkerGone("the worker said Bye: " + message.bye.text);
            }
            break;
        case FromWorker::Type::Statistics:
            break;
    }
    progress(timePs_);
    return message;
}

void WorkerLink::done(IntervalDone done) {
    progress(done.reachedPs);
    if (observer_ == nullptr || observer_->onDone(connection_, done)) {
        connection_.send(done);
    }
}

void WorkerLink::done(const FramesDone& done) {
    progress(done.reachedPs);
    connection_.send(done);
}

void WorkerLink::statisticsDone() {
    connection_.sendStatisticsDone();
}

void WorkerLink::sayBye() {
    if (!over_) {
        over_ = true;
        connection_.send(Bye{ByeCode::Done, "", timePs_});
    }
}

void WorkerLink::progress(uint64_t timePs) {
    timePs_ = timePs;
    heartbeat_->progress(timePs);
    if (heartbeat_->isWorkerGone()) {
        over_ = true;
        throw WorkerGone("the worker is gone");
    }
}

void WorkerLink::fail(const std::exception& why) noexcept {
    if (over_ || dynamic_cast<const WorkerGone*>(&why) != nullptr) {
        return;
    }
    over_ = true;
    try {
        connection_.send(Bye{codeOf(why), why.what(), timePs_});
    } catch (const std::exception&) {
        // Nobody is left to tell; the caller has the reason.
    }
}

}  // namespace dilaton::cosim
