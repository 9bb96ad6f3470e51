#include <sst/core/sst_config.h>

#include "Nic.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "compat.h"
#include "dilaton/Errors.h"

using SST::Interfaces::SimpleNetwork;

namespace dilaton::sst {

namespace {

constexpr const char* kTick = "1ps";
constexpr size_t kHeaderBytes = 14;
constexpr size_t kAddressBytes = 6;
constexpr uint64_t kNodesMax = 65536;
constexpr uint64_t kFrameBytesMax = 65536;
constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;
constexpr uint8_t kAddressPrefix[] = {0x02, 0, 0, 0};

[[nodiscard]] bool isGroup(const std::vector<uint8_t>& frame) {
    return (frame[0] & 1) != 0;
}

// Of its destination; kNodesMax if it is no node's.
[[nodiscard]] uint64_t nodeOf(const std::vector<uint8_t>& frame) {
    if (!std::equal(std::begin(kAddressPrefix), std::end(kAddressPrefix), frame.begin())) {
        return kNodesMax;
    }
    return (uint64_t{frame[kAddressBytes - 2]} << 8) | frame[kAddressBytes - 1];
}

}  // namespace

Nic::Nic(SST::ComponentId_t id, SST::Params& params)
    : Component(id),
      output_("", params.find<uint32_t>("verbose", 0), 0, SST::Output::STDOUT),
      mtuBytes_(findBytes(params, "mtu", "1500B")),
      packetBytes_(findBytes(params, "packet", "0B")),
      headerBytes_(findBytes(params, "header", "0B")),
      vn_(params.find<int>("vn", 0)),
      receiveLatencyPs_(findTime(params, "rx_latency", "500ns")),
      leastLatencyPs_(findTime(params, "latency", "0ps")),
      handsOverHeads_(params.find<bool>("tail", true)),
      queueBytesMax_(findBytes(params, "tx_queue", "1MiB")),
      endpoint_(params.find<std::string>("endpoint", "")),
      peerName_(params.find<std::string>("peer", "")) {
    bool found = false;
    const auto node = params.find<uint64_t>("node", kNodesMax, found);
    const auto die = [this](const char* why) {
        output_.fatal(CALL_INFO, 1, "%s: %s\n", getName().c_str(), why);
    };
    if (getCoreTimeBase() != SST::UnitAlgebra(kTick)) {
        die("SST's time base must be 1ps");
    }
    if (!found || node >= kNodesMax) {
        die("parameter node must be given, from 0 to 65535");
    }
    if (receiveLatencyPs_ == 0) {
        die("parameter rx_latency must be above 0: so long before its time an arrival is known");
    }
    if (vn_ < 0) {
        die("parameter vn must not be below 0");
    }
    if (mtuBytes_ + kHeaderBytes > kFrameBytesMax) {
        die("parameter mtu leaves no room for the header within 65536B");
    }
    if (getNumRanks().rank > 1 || getNumRanks().thread > 1) {
        die("dilaton.Nic needs one SST process with one thread: run sst without -n and mpirun");
    }
    node_ = static_cast<uint32_t>(node);
    network_ =
        loadUserSubComponent<SimpleNetwork>("networkIF", SST::ComponentInfo::SHARE_NONE, vn_ + 1);
    if (network_ == nullptr) {
        die("slot networkIF is empty: fill it, such as with merlin.linkcontrol");
    }
    network_->setNotifyOnReceive(new Handler<SimpleNetwork, Nic, &Nic::handleReceive>(this));
    network_->setNotifyOnSend(new Handler<SimpleNetwork, Nic, &Nic::handleRoom>(this));
    wakes_ = configureSelfLink("wake", kTick, new Handler<SST::Event, Nic, &Nic::handleWake>(this));
    watches_ =
        configureSelfLink("watch", kTick, new Handler<SST::Event, Nic, &Nic::handleWatch>(this));
    whole_ =
        configureSelfLink("whole", kTick, new Handler<SST::Event, Nic, &Nic::handleWhole>(this));
    registerStatistics();
    gate_ = NicGate::join(*this);
    if (gate_->isLeader(*this)) {
        registerAsPrimaryComponent();
        primaryComponentDoNotEndSim();
    }
}

Nic::~Nic() = default;

uint64_t Nic::findBytes(SST::Params& params, const char* name, const char* byDefault) {
    const auto size = params.find<SST::UnitAlgebra>(name, byDefault);
    if (!size.hasUnits("B")) {
        output_.fatal(CALL_INFO, 1, "%s: parameter %s must be a size such as 1500B\n",
                      getName().c_str(), name);
    }
    return static_cast<uint64_t>(size.getRoundedValue());
}

uint64_t Nic::findTime(SST::Params& params, const char* name, const char* byDefault) {
    const auto time = params.find<SST::UnitAlgebra>(name, byDefault);
    if (!time.hasUnits("s")) {
        output_.fatal(CALL_INFO, 1, "%s: parameter %s must be a time such as 500ns\n",
                      getName().c_str(), name);
    }
    return static_cast<uint64_t>((time / SST::UnitAlgebra(kTick)).getRoundedValue());
}

void Nic::registerStatistics() {
    statistics_.framesSent = registerStatistic<uint64_t>("frames_sent");
    statistics_.bytesSent = registerStatistic<uint64_t>("bytes_sent");
    statistics_.packetsSent = registerStatistic<uint64_t>("packets_sent");
    statistics_.framesReceived = registerStatistic<uint64_t>("frames_received");
    statistics_.bytesReceived = registerStatistic<uint64_t>("bytes_received");
    statistics_.packetsReceived = registerStatistic<uint64_t>("packets_received");
    statistics_.dropped = registerStatistic<uint64_t>("dropped");
    statistics_.oversize = registerStatistic<uint64_t>("oversize");
    statistics_.unroutable = registerStatistic<uint64_t>("unroutable");
    statistics_.stalls = registerStatistic<uint64_t>("stalls");
    statistics_.sendWait = registerStatistic<uint64_t>("send_wait");
    statistics_.transit = registerStatistic<uint64_t>("transit");
}

void Nic::init(unsigned int phase) {
    network_->init(phase);
}

void Nic::setup() {
    network_->setup();
    const uint64_t frameBytes = mtuBytes_ + kHeaderBytes;
    const uint64_t bits =
        packetBits(packetBytes_ == 0 ? frameBytes : std::min(packetBytes_, frameBytes));
    if (!network_->isNetworkInitialized()) {
        output_.fatal(CALL_INFO, 1, "%s: its network was not initialised\n", getName().c_str());
    }
    if (!network_->spaceToSend(vn_, static_cast<int>(bits))) {
        output_.fatal(CALL_INFO, 1,
                      "%s: a packet of %llu B never fits the output buffer of networkIF: make that "
                      "larger, or parameter packet smaller\n",
                      getName().c_str(), static_cast<unsigned long long>(bits / 8));
    }
    bitsPerSecond_ = static_cast<uint64_t>(network_->getLinkBW().getRoundedValue());
    if (!gate_->isLeader(*this)) {
        return;
    }
    try {
        gate_->dial(options());
    } catch (const std::exception& why) {
        output_.fatal(CALL_INFO, 1, "%s: %s\n", getName().c_str(), why.what());
    }
    output_.verbose(CALL_INFO, 1, 0, "%s: %u nodes\n", getName().c_str(), gate_->countNodes());
    scheduleWake(0);
}

cosim::NetworkOptions Nic::options() const {
    cosim::NetworkOptions options;
    if (endpoint_.empty() || peerName_.empty()) {
        options.peer = cosim::PeerOptions::fromEnvironment();
    }
    if (!endpoint_.empty()) {
        options.peer.endpoint = endpoint_;
    }
    if (!peerName_.empty()) {
        options.peer.peer = peerName_;
    }
    options.peer.software = "sst";
    options.peer.softwareVersion = PACKAGE_VERSION;
    options.leastLatencyPs = leastLatencyPs_;
    return options;
}

void Nic::complete(unsigned int phase) {
    network_->complete(phase);
}

void Nic::finish() {
    network_->finish();
    if (!gate_->isLeader(*this)) {
        return;
    }
    try {
        gate_->finish();
    } catch (const std::exception& why) {
        output_.output("%s: %s\n", getName().c_str(), why.what());
    }
}

void Nic::emergencyShutdown() {
    gate_->stop("SST was stopped");
}

SimpleNetwork::nid_t Nic::address() const {
    return network_->getEndpointID();
}

void Nic::writeStatistics(const cosim::StatisticsRequest& request) {
    if (request.reset) {
        output_.output(
            "%s: statistics can't be set to zero while SST runs: they are written, to be "
            "subtracted from those of later times\n",
            getName().c_str());
    }
    if (request.dump || request.reset) {
        performGlobalStatisticOutput();
    }
}

uint64_t Nic::packetBits(size_t frameBytes) const {
    return (frameBytes + headerBytes_) * 8;
}

uint32_t Nic::transmit(std::vector<uint8_t> frame) {
    if (frame.size() < kHeaderBytes) {
        statistics_.unroutable->addData(1);
        return 0;
    }
    if (frame.size() > mtuBytes_ + kHeaderBytes) {
        statistics_.oversize->addData(1);
        return 0;
    }
    const uint64_t to = nodeOf(frame);
    const bool toAll = isGroup(frame);
    if (!toAll && (to >= gate_->countNodes() || to == node_)) {
        statistics_.unroutable->addData(1);
        return 0;
    }
    const uint32_t copies = toAll ? gate_->countNodes() - 1 : 1;
    if (queueBytes_ + (frame.size() * copies) > queueBytesMax_) {
        statistics_.dropped->addData(1);
        return 0;
    }
    statistics_.framesSent->addData(1);
    statistics_.bytesSent->addData(frame.size());
    // A network has no broadcast of its own in timed phases.
    for (uint32_t i = 0; i < gate_->countNodes(); i++) {
        if (toAll ? i != node_ : i == to) {
            enqueue(i, frame);
        }
    }
    pump();
    return copies;
}

void Nic::enqueue(uint32_t to, const std::vector<uint8_t>& frame) {
    const size_t step = packetBytes_ == 0 ? frame.size() : packetBytes_;
    framesSent_++;
    for (size_t offset = 0; offset < frame.size(); offset += step) {
        auto packet = std::make_unique<NicPacket>();
        const auto begin = frame.begin() + static_cast<std::ptrdiff_t>(offset);
        const auto count = static_cast<std::ptrdiff_t>(std::min(step, frame.size() - offset));
        packet->source = node_;
        packet->frame = framesSent_;
        packet->sentPs = nowPs();
        packet->bytesAll = static_cast<uint32_t>(frame.size());
        packet->offset = static_cast<uint32_t>(offset);
        packet->bytes.assign(begin, begin + count);
        queueBytes_ += packet->bytes.size();
        queue_.push_back({gate_->nic(to).address(), std::move(packet)});
    }
}

void Nic::pump() {
    while (!queue_.empty()) {
        Waiting& first = queue_.front();
        const uint64_t bits = packetBits(first.packet->bytes.size());
        if (!network_->spaceToSend(vn_, static_cast<int>(bits))) {
            statistics_.stalls->addData(1);
            return;
        }
        const size_t bytes = first.packet->bytes.size();
        const uint64_t sentPs = first.packet->sentPs;
        auto request = std::make_unique<SimpleNetwork::Request>(first.to, address(), bits, true,
                                                                true, first.packet.release());
        if (!network_->send(request.get(), vn_)) {
            first.packet.reset(static_cast<NicPacket*>(request->takePayload()));
            statistics_.stalls->addData(1);
            return;
        }
        (void)request.release();  // the network's now
        statistics_.packetsSent->addData(1);
        statistics_.sendWait->addData(nowPs() - sentPs);
        queueBytes_ -= bytes;
        queue_.pop_front();
    }
}

bool Nic::handleRoom(int vn) {
    (void)vn;
    pump();
    return true;
}

bool Nic::handleReceive(int vn) {
    (void)vn;
    call([this] {
        while (network_->requestToReceive(vn_)) {
            const std::unique_ptr<SimpleNetwork::Request> request(network_->recv(vn_));
            std::unique_ptr<SST::Event> payload(request->takePayload());
            auto* packet = dynamic_cast<NicPacket*>(payload.get());
            if (packet == nullptr) {
                throw cosim::HostFault("a packet came that no dilaton.Nic sent");
            }
            statistics_.packetsReceived->addData(1);
            std::vector<uint8_t> frame;
            if (!assembly_.take(*packet, frame)) {
                continue;
            }
            packet->bytes = std::move(frame);
            unsigned __int128 tail = 0;
            if (handsOverHeads_ && bitsPerSecond_ > 0) {
                tail =
                    static_cast<unsigned __int128>(request->size_in_bits) * kPicosecondsPerSecond;
                tail = (tail + bitsPerSecond_ - 1) / bitsPerSecond_;
            }
            whole_->send(static_cast<uint64_t>(tail), payload.release());
        }
    });
    return true;
}

void Nic::handleWhole(SST::Event* event) {
    const std::unique_ptr<SST::Event> owner(event);
    auto& packet = static_cast<NicPacket&>(*event);
    statistics_.framesReceived->addData(1);
    statistics_.bytesReceived->addData(packet.bytes.size());
    statistics_.transit->addData(nowPs() - packet.sentPs);
    call([this, &packet] { gate_->deliver(node_, packet.sentPs, std::move(packet.bytes)); });
}

template <typename Work>
void Nic::call(Work work) {
    if (gate_->isOver()) {
        return;
    }
    try {
        work();
    } catch (const cosim::Interrupted&) {
        // SST ends by itself after this event.
        gate_->stop("SST was stopped");
        return;
    } catch (const std::exception& why) {
        gate_->stop(why.what());
        output_.fatal(CALL_INFO, 1, "%s: %s\n", getName().c_str(), why.what());
    }
    gate_->endIfFinished();
}

void Nic::mayEnd() {
    if (!mayEnd_) {
        mayEnd_ = true;
        primaryComponentOKToEndSim();
    }
}

void Nic::handleWake(SST::Event* event) {
    delete event;
    call([this] {
        if (hasStarted_) {
            gate_->onWake();
        } else {
            hasStarted_ = true;
            gate_->start();
        }
    });
}

void Nic::handleWatch(SST::Event* event) {
    delete event;
    call([this] { gate_->watch(); });
}

}  // namespace dilaton::sst
