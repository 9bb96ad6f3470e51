#include "VcpuPort.h"

#include <utility>

#include "Bridge.h"
#include "base/amo.hh"
#include "sim/cur_tick.hh"
#include "sim/system.hh"

namespace vmm_bridge {

namespace {

using dilaton::cosim::MemoryKind;
using gem5::MemCmd;
using gem5::Packet;
using gem5::Request;

// The longest line of any gem5 configuration that we know of.
constexpr size_t kLineBytesMax = 4096;

// A read-modify-write whose result nobody looks at: the line must be held alone, no more.
struct Untouched : public gem5::AtomicOpFunctor {
    void operator()(uint8_t*) override {}
    gem5::AtomicOpFunctor* clone() override { return new Untouched; }
};

// A store is sent as less than a line: gem5 takes a write of all of it for one that needs no fill.
constexpr unsigned kStoreBytes = 8;

struct Shape {
    MemCmd::Command command;
    unsigned bytes;
    Request::Flags flags;
};

// What a kind is where caches are behind the port.
Shape shapeForCaches(MemoryKind kind, unsigned lineBytes) {
    switch (kind) {
        case MemoryKind::Store:
        case MemoryKind::KernelStore:
            return {MemCmd::WriteReq, kStoreBytes, 0};
        case MemoryKind::Writeback:
            return {MemCmd::WriteReq, lineBytes, 0};
        case MemoryKind::Atomic:
        case MemoryKind::Modify:
            return {MemCmd::SwapReq, kStoreBytes, Request::ATOMIC_RETURN_OP};
        case MemoryKind::Fetch:
            return {MemCmd::ReadReq, lineBytes, Request::INST_FETCH};
        case MemoryKind::Flush:
            return {MemCmd::CleanInvalidReq, lineBytes,
                    Request::CLEAN | Request::INVALIDATE | Request::DST_POC};
        case MemoryKind::Prefetch:
            return {MemCmd::SoftPFReq, lineBytes, Request::PREFETCH};
        case MemoryKind::Load:
        case MemoryKind::KernelLoad:
            break;
    }
    return {MemCmd::ReadReq, lineBytes, 0};
}

// What a kind is where memory is behind the port. Caches in front fill a line for whatever misses,
// a store too, and write only what they write back.
Shape shapeForMemory(MemoryKind kind, unsigned lineBytes, bool hasCaches) {
    const bool isStore = kind == MemoryKind::Store || kind == MemoryKind::KernelStore;
    const bool isWrite = kind == MemoryKind::Writeback || (isStore && !hasCaches);
    return {isWrite ? MemCmd::WriteReq : MemCmd::ReadReq, lineBytes,
            kind == MemoryKind::Fetch ? Request::INST_FETCH : Request::FlagsType{0}};
}

Shape shapeOf(MemoryKind kind, unsigned lineBytes, const PortData& data) {
    return data.hasCaches()
               ? shapeForCaches(kind, lineBytes)
               : shapeForMemory(kind, lineBytes, data.caches == PortData::Caches::InFront);
}

}  // namespace

struct VcpuPort::Sender : public Packet::SenderState {
    uint64_t ticket = 0;  // or the id of an access
    bool isAccess = false;
    gem5::Tick sentAt = 0;
};

VcpuPort::VcpuPort(Bridge& bridge, const std::string& name, gem5::ExternalMaster& object,
                   const PortData& data)
    : ExternalPort(name, object),
      bridge_(bridge),
      data_(data),
      statistics_(&object),
      line_(kLineBytesMax) {}

VcpuPort::~VcpuPort() = default;

VcpuPort::Sender* VcpuPort::takeSender(uint64_t ticket) {
    if (freeSenders_.empty()) {
        senders_.push_back(std::make_unique<Sender>());
        freeSenders_.push_back(senders_.back().get());
    }
    Sender* sender = freeSenders_.back();
    freeSenders_.pop_back();
    sender->ticket = ticket;
    sender->isAccess = false;
    return sender;
}

gem5::PacketPtr VcpuPort::packetOf(const dilaton::cosim::Request& request) {
    const Shape shape = shapeOf(request.kind, bridge_.lineSizeBytes(), data_);
    auto gem5Request = std::make_shared<Request>(request.line, shape.bytes, shape.flags, owner.id);
    if (shape.command == MemCmd::SwapReq) {
        gem5Request->setAtomicOpFunctor(std::make_unique<Untouched>());
    }
    auto* packet = new Packet(gem5Request, shape.command);
    if (shape.command != MemCmd::CleanInvalidReq) {
        packet->dataStatic(line_.data());
    }
    packet->pushSenderState(takeSender(request.ticket));
    return packet;
}

bool VcpuPort::send(const dilaton::cosim::Request& request, bool& posted) {
    posted = request.kind == MemoryKind::Flush && data_.caches != PortData::Caches::Behind;
    if (posted) {
        ++statistics_.flushesDropped;
        return true;
    }
    if (awaitsRetry_) {
        return false;
    }
    gem5::PacketPtr packet = refused_;
    if (packet == nullptr) {
        packet = packetOf(request);
    } else if (refusedTicket_ != request.ticket) {
        // Another one is due first now: the refused one is made again when its turn comes.
        freeSenders_.push_back(static_cast<Sender*>(packet->popSenderState()));
        delete packet;
        packet = packetOf(request);
    }
    refused_ = nullptr;
    if (!trySend(packet)) {
        refused_ = packet;
        refusedTicket_ = request.ticket;
        return false;
    }
    return true;
}

bool VcpuPort::trySend(gem5::PacketPtr packet) {
    static_cast<Sender*>(packet->senderState)->sentAt = gem5::curTick();
    // The packet is the memory system's once it is taken.
    const bool isWrite = packet->isWrite();
    const bool isRead = packet->isRead();
    if (!sendTimingReq(packet)) {
        ++statistics_.refused;
        awaitsRetry_ = true;
        return false;
    }
    if (isWrite) {
        ++statistics_.writes;
    } else if (isRead) {
        ++statistics_.reads;
    } else {
        ++statistics_.flushes;
    }
    return true;
}

void VcpuPort::send(const dilaton::cosim::Access& access) {
    auto gem5Request = std::make_shared<Request>(access.address, access.sizeBytes,
                                                 Request::UNCACHEABLE, owner.id);
    auto* packet = new Packet(gem5Request, access.store ? MemCmd::WriteReq : MemCmd::ReadReq);
    packet->dataStatic(line_.data());
    Sender* sender = takeSender(access.id);
    sender->isAccess = true;
    packet->pushSenderState(sender);
    if (awaitsRetry_ || !trySend(packet)) {
        waitingAccess_ = packet;
    }
}

bool VcpuPort::recvTimingResp(gem5::PacketPtr packet) {
    auto* sender = static_cast<Sender*>(packet->popSenderState());
    const uint64_t ticket = sender->ticket;
    ++statistics_.answers;
    statistics_.latency += gem5::curTick() - sender->sentAt;
    const bool isAccess = sender->isAccess;
    freeSenders_.push_back(sender);
    delete packet;
    if (isAccess) {
        bridge_.onCompletion(ticket);
    } else {
        bridge_.onAnswer(ticket);
    }
    return true;
}

void VcpuPort::recvReqRetry() {
    awaitsRetry_ = false;
    if (waitingAccess_ != nullptr) {
        gem5::PacketPtr access = std::exchange(waitingAccess_, nullptr);
        if (!trySend(access)) {
            waitingAccess_ = access;
            return;
        }
    }
    bridge_.onRoom(data_.vcpu);
}

void VcpuPort::recvTimingSnoopReq(gem5::PacketPtr packet) {
    if (packet->isInvalidate()) {
        ++statistics_.invalidations;
        bridge_.onDrop(data_.vcpu, packet->getAddr());
    }
}

}  // namespace vmm_bridge
