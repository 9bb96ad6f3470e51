#include "VcpuPort.h"

#include <vector>

#include "dilaton/Errors.h"

using SST::Interfaces::StandardMem;

namespace dilaton::sst {

namespace {

// Deeper than any hierarchy: a flush reaches the memory.
constexpr uint32_t kFlushDepth = 16;
constexpr uint64_t kPicosecondsPerTraceCycle = 1000;

}  // namespace

VcpuPort::VcpuPort(StandardMem* memory, const VcpuStatistics& statistics, uint64_t countMax,
                   bool modifiesAreReads)
    : memory_(memory),
      statistics_(statistics),
      countMax_(countMax),
      modifiesAreReads_(modifiesAreReads) {}

bool VcpuPort::traceTo(const std::string& path) {
    trace_.open(path);
    return trace_.is_open();
}

bool VcpuPort::send(const cosim::Request& request, uint64_t lineSizeBytes, uint64_t nowPs) {
    if (countMax_ != 0 && onTheirWay_.size() >= countMax_) {
        refused_ = true;
        return false;
    }
    StandardMem::Request* made = nullptr;
    const bool isWrite = writes(request.kind);
    if (request.kind == cosim::MemoryKind::Flush) {
        made = new StandardMem::FlushAddr(request.line, lineSizeBytes, true, kFlushDepth);
    } else if (isWrite) {
        // Without data: the guest's memory is not here. Not posted: an answer comes.
        made = new StandardMem::Write(request.line, lineSizeBytes, std::vector<uint8_t>{});
    } else {
        made = new StandardMem::Read(request.line, lineSizeBytes);
    }
    if (trace_.is_open() && request.kind != cosim::MemoryKind::Flush) {
        trace_ << nowPs / kPicosecondsPerTraceCycle << (isWrite ? " W " : " R ") << request.line
               << ' ' << lineSizeBytes << '\n';
    }
    onTheirWay_.emplace(made->getID(), OnItsWay{request.ticket, nowPs});
    statistics_.requests.at(static_cast<size_t>(request.kind))->addData(1);
    memory_->send(made);
    return true;
}

bool VcpuPort::writes(cosim::MemoryKind kind) const {
    switch (kind) {
        case cosim::MemoryKind::Store:
        case cosim::MemoryKind::KernelStore:
        case cosim::MemoryKind::Writeback:
            return true;
        case cosim::MemoryKind::Atomic:
        case cosim::MemoryKind::Modify:
            return !modifiesAreReads_;
        default:
            return false;
    }
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
