#include "VcpuPort.h"

#include <vector>

#include "dilaton/Errors.h"

using SST::Interfaces::StandardMem;

namespace dilaton::sst {

namespace {

// Deeper than any hierarchy: a flush reaches the memory.
constexpr uint32_t kFlushDepth = 16;

}  // namespace

VcpuPort::VcpuPort(StandardMem* memory, const VcpuStatistics& statistics, uint64_t countMax,
                   bool modifiesAreReads)
    : memory_(memory),
      statistics_(statistics),
      countMax_(countMax),
      modifiesAreReads_(modifiesAreReads) {}

bool VcpuPort::send(const cosim::Request& request, uint64_t lineSizeBytes, uint64_t nowPs) {
    if (countMax_ != 0 && onTheirWay_.size() >= countMax_) {
        refused_ = true;
        return false;
    }
    StandardMem::Request* made = make(request, lineSizeBytes);
    onTheirWay_.emplace(made->getID(), OnItsWay{request.ticket, nowPs});
    statistics_.requests.at(static_cast<size_t>(request.kind))->addData(1);
    memory_->send(made);
    return true;
}

StandardMem::Request* VcpuPort::make(const cosim::Request& request, uint64_t lineSizeBytes) const {
    bool writes = false;
    switch (request.kind) {
        case cosim::MemoryKind::Flush:
            return new StandardMem::FlushAddr(request.line, lineSizeBytes, true, kFlushDepth);
        case cosim::MemoryKind::Store:
        case cosim::MemoryKind::KernelStore:
        case cosim::MemoryKind::Writeback:
            writes = true;
            break;
        case cosim::MemoryKind::Atomic:
        case cosim::MemoryKind::Modify:
            writes = !modifiesAreReads_;
            break;
        default:
            break;
    }
    if (writes) {
        // Without data: the guest's memory is not here. Not posted: an answer comes.
        return new StandardMem::Write(request.line, lineSizeBytes, std::vector<uint8_t>{});
    }
    return new StandardMem::Read(request.line, lineSizeBytes);
}

uint64_t VcpuPort::takeAnswer(StandardMem::Request& answer, uint64_t nowPs) {
    const auto found = onTheirWay_.find(answer.getID());
    if (found == onTheirWay_.end()) {
        throw cosim::HostFault("an answer to no request of ours: " + answer.getString());
    }
    const OnItsWay request = found->second;
    onTheirWay_.erase(found);
    statistics_.latency->addData(nowPs - request.sentPs);
    return request.ticket;
}

bool VcpuPort::takeRoom() {
    const bool room = refused_ && onTheirWay_.size() < countMax_;
    refused_ = refused_ && !room;
    return room;
}

}  // namespace dilaton::sst
