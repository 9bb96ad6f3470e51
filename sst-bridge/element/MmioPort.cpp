#include "MmioPort.h"

#include <string>

#include "dilaton/Errors.h"

using SST::Interfaces::StandardMem;

namespace dilaton::sst {

void MmioPort::send(StandardMem& memory, const cosim::Access& access, uint64_t nowPs) {
    StandardMem::Request* made = nullptr;
    if (access.store) {
        // Where the data stays in the worker, as many zeros.
        std::vector<uint8_t> data = access.data;
        data.resize(access.sizeBytes, 0);
        made = new StandardMem::Write(access.address, access.sizeBytes, data);
        stores_->addData(1);
    } else {
        made = new StandardMem::Read(access.address, access.sizeBytes);
        loads_->addData(1);
    }
    made->setNoncacheable();
    onTheirWay_.emplace(made->getID(), OnItsWay{access.id, nowPs});
    memory.send(made);
}

bool MmioPort::take(StandardMem::Request& answer, uint64_t nowPs, Completed& completed) {
    const auto found = onTheirWay_.find(answer.getID());
    if (found == onTheirWay_.end()) {
        return false;
    }
    const OnItsWay access = found->second;
    onTheirWay_.erase(found);
    if (answer.getFail()) {
        throw cosim::HostFault("an access to a window failed: " + answer.getString());
    }
    latency_->addData(nowPs - access.sentPs);
    completed.access = access.access;
    completed.data.clear();
    if (const auto* loaded = dynamic_cast<StandardMem::ReadResp*>(&answer)) {
        completed.data = loaded->data;
    }
    return true;
}

}  // namespace dilaton::sst
