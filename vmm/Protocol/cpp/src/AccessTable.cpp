#include "dilaton/AccessTable.h"

#include <algorithm>
#include <string>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

void require(bool holds, const Access& access, const std::string& what) {
    if (!holds) {
        throw ProtocolFault("access " + std::to_string(access.id) + ": " + what);
    }
}

}  // namespace

AccessTable::AccessTable(const Welcome& welcome)
    : windows_(welcome.windows), slots_(welcome.vcpus.size()) {}

void AccessTable::begin(const Interval& interval, uint64_t reachedPs) {
    for (const Access& access : interval.accesses) {
        check(access, interval, reachedPs);
        Slot& slot = slots_[access.vcpu];
        slot.state = State::Waiting;
        slot.access = access;
        slot.access.timedOnly = windowOf(access)->timedOnly;
        lastId_ = access.id;
    }
}

void AccessTable::check(const Access& access, const Interval& interval, uint64_t reachedPs) const {
    require(access.id > lastId_, access, "its id does not grow");
    require(access.vcpu < slots_.size(), access, "there is no vCPU " + std::to_string(access.vcpu));
    require(slots_[access.vcpu].state == State::None, access,
            "its vCPU waits for another one already");
    require(access.atPs == interval.endPs, access,
            "it is at " + std::to_string(access.atPs) + " ps, not at the interval's end");
    require(access.atPs >= reachedPs, access,
            "it is at " + std::to_string(access.atPs) + " ps, before " + std::to_string(reachedPs) +
                " ps, which has passed");
    const Window* window = windowOf(access);
    require(window != nullptr, access, "it lies in no window");
    require(access.sizeBytes > 0 && access.sizeBytes <= kAccessBytesMax &&
                access.sizeBytes <= window->sizeBytes - (access.address - window->begin),
            access, "it has " + std::to_string(access.sizeBytes) + " bytes");
    const size_t expected = access.store && !window->timedOnly ? access.sizeBytes : 0;
    require(access.data.size() == expected, access,
            "it brings " + std::to_string(access.data.size()) + " bytes where " +
                std::to_string(expected) + " are due");
}

const Window* AccessTable::windowOf(const Access& access) const {
    const auto found = std::find_if(windows_.begin(), windows_.end(), [&](const Window& window) {
        return access.address >= window.begin && access.address - window.begin < window.sizeBytes;
    });
    return found == windows_.end() ? nullptr : &*found;
}

bool AccessTable::isOpen(size_t vcpu) const {
    return slots_[vcpu].state == State::Waiting || slots_[vcpu].state == State::Taken;
}

bool AccessTable::isAnyOpen() const {
    for (size_t i = 0; i < slots_.size(); i++) {
        if (isOpen(i)) {
            return true;
        }
    }
    return false;
}

size_t AccessTable::earliest() const {
    size_t first = slots_.size();
    for (size_t i = 0; i < slots_.size(); i++) {
        if (slots_[i].state == State::Waiting &&
            (first == slots_.size() || slots_[i].access.atPs < slots_[first].access.atPs)) {
            first = i;
        }
    }
    return first;
}

uint64_t AccessTable::nextIssue() const {
    const size_t first = earliest();
    return first == slots_.size() ? UINT64_MAX : slots_[first].access.atPs;
}

bool AccessTable::takeDue(uint64_t nowPs, Access& access) {
    if (nextIssue() > nowPs) {
        return false;
    }
    const size_t first = earliest();
    if (first == slots_.size()) {
        return false;
    }
    slots_[first].state = State::Taken;
    access = slots_[first].access;
    return true;
}

void AccessTable::complete(uint64_t id, uint64_t atPs, const std::vector<uint8_t>& data) {
    const auto found = std::find_if(slots_.begin(), slots_.end(), [id](const Slot& slot) {
        return slot.state == State::Taken && slot.access.id == id;
    });
    if (found == slots_.end()) {
        throw HostFault("a completion of access " + std::to_string(id) + ", which is not open");
    }
    const Access& access = found->access;
    if (atPs < access.atPs) {
        throw HostFault("access " + std::to_string(id) + " is completed before it is made");
    }
    const bool carries = !access.store && !access.timedOnly;
    if (carries && data.size() != access.sizeBytes) {
        throw HostFault("access " + std::to_string(id) + " loads " + std::to_string(data.size()) +
                        " of its " + std::to_string(access.sizeBytes) + " bytes");
    }
    found->state = State::Completed;
    found->completion = {id, atPs, carries ? data : std::vector<uint8_t>{}};
}

std::vector<Completion> AccessTable::takeCompleted() {
    std::vector<Completion> completed;
    for (Slot& slot : slots_) {
        if (slot.state == State::Completed) {
            slot.state = State::None;
            completed.push_back(slot.completion);
        }
    }
    return completed;
}

}  // namespace dilaton::cosim
