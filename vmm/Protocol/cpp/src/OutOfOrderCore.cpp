#include "dilaton/OutOfOrderCore.h"

#include <algorithm>

#include "dilaton/Checked.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

constexpr uint64_t kUnanswered = IssueState::kUnanswered;
constexpr uint64_t kNone = IssueMiss::kNone;

bool isLoad(MemoryKind kind) {
    return kind == MemoryKind::Load || kind == MemoryKind::Modify;
}

bool blocks(MemoryKind kind) {
    return kind == MemoryKind::Fetch || kind == MemoryKind::Atomic || kind == kMispredict;
}

}  // namespace

bool IssueState::isSettled() const {
    const auto isUnanswered = [](uint64_t done) { return done == kUnanswered; };
    return !blocked && std::none_of(storeDone.begin(), storeDone.end(), isUnanswered) &&
           std::none_of(registerDone.begin(), registerDone.end(), isUnanswered) &&
           std::none_of(loads.begin(), loads.end(),
                        [](const LoadInFlight& load) { return load.done == kUnanswered; });
}

OutOfOrderCore::OutOfOrderCore(const IssueParameters& parameters)
    : windowUnits_(parameters.windowUnits), unitsPerCycle_(parameters.unitsPerCycle) {
    if (parameters.windowUnits == 0 || parameters.loadQueueEntries == 0 ||
        parameters.missRegisters == 0) {
        throw HostFault("an out-of-order core needs a window, a load queue and miss registers");
    }
    loads_.resize(parameters.loadQueueEntries);
    stores_.resize(parameters.storeBufferEntries);
    registers_.resize(parameters.missRegisters);
}

IssueState OutOfOrderCore::state() const {
    IssueState state;
    state.stallUnits = stallUnits_;
    state.nextEntry = nextStore_;
    state.blocked = isBlocked();
    for (const Holder& store : stores_) {
        state.storeDone.push_back(store.done);
    }
    state.nextRegister = nextRegister_;
    for (const Holder& miss : registers_) {
        state.registerDone.push_back(miss.done);
    }
    for (uint32_t i = 0; i < loadCount_; i++) {
        const Load& load = loadAt(i);
        state.loads.push_back({load.position, load.program, load.done});
    }
    return state;
}

void OutOfOrderCore::restore(const IssueState& state) {
    if (state.storeDone.size() != stores_.size() || state.nextEntry >= stores_.size() ||
        state.registerDone.size() != registers_.size() || state.nextRegister >= registers_.size() ||
        state.loads.size() > loads_.size()) {
        throw HostFault("the state is that of another issue engine");
    }
    if (!state.isSettled() || !this->state().isSettled()) {
        throw HostFault("a state comes while a miss is unanswered");
    }
    stallUnits_ = state.stallUnits;
    nextStore_ = state.nextEntry;
    nextRegister_ = state.nextRegister;
    for (size_t i = 0; i < stores_.size(); i++) {
        stores_[i] = {state.storeDone[i], 0};
    }
    for (size_t i = 0; i < registers_.size(); i++) {
        registers_[i] = {state.registerDone[i], 0};
    }
    firstLoad_ = 0;
    loadCount_ = static_cast<uint32_t>(state.loads.size());
    for (uint32_t i = 0; i < loadCount_; i++) {
        loads_[i] = {state.loads[i].position, state.loads[i].program, state.loads[i].done, 0};
    }
}

IssueOutcome OutOfOrderCore::dispatch(const IssueMiss& miss, IssueTicket& ticket) {
    if (isBlocked() || !retire(miss.position)) {
        return IssueOutcome::Blocked;
    }
    switch (miss.kind) {
        case MemoryKind::Load:
        case MemoryKind::Modify:
            return dispatchLoad(miss, ticket);
        case MemoryKind::Store:
            return dispatchStore(miss, ticket);
        default:
            break;
    }
    const bool isAtomic = miss.kind == MemoryKind::Atomic;
    if ((isAtomic || miss.kind == kDrain) && !drainLoads(miss.position)) {
        return IssueOutcome::Blocked;
    }
    if (isAtomic && !drainStores(miss.position)) {
        return IssueOutcome::Blocked;
    }
    if (miss.kind == kMispredict && !resolve(miss)) {
        return IssueOutcome::Blocked;
    }
    ticket = {checkedAdd(miss.position, stallUnits_), miss.kind, -1, -1, order_};
    if (blocks(miss.kind)) {
        blockingOrder_ = order_;
    }
    order_++;
    return IssueOutcome::Issued;
}

bool OutOfOrderCore::tryRelease(IssueTicket& ticket) {
    const auto first = std::find_if(parked_.begin(), parked_.end(),
                                    [](const Waiting& waiting) { return waiting.isReady(); });
    if (first == parked_.end()) {
        return false;
    }
    ticket = first->ticket;
    parked_.erase(first);
    return true;
}

void OutOfOrderCore::answer(const IssueTicket& ticket, uint64_t latencyCycles) {
    const uint64_t latency = checkedMultiply(latencyCycles, unitsPerCycle_);
    const uint64_t done = checkedAdd(ticket.atUnits, latency);
    const auto entry = static_cast<size_t>(ticket.entry);
    if (blocks(ticket.kind)) {
        if (blockingOrder_ != ticket.order) {
            throw HostFault("an answer comes to a core that does not wait");
        }
        blockingOrder_ = kNone;
        stallUnits_ = checkedAdd(stallUnits_, latency);
        return;
    }
    switch (ticket.kind) {
        case MemoryKind::Load:
        case MemoryKind::Modify:
            if (loads_.at(entry).order != ticket.order || loads_[entry].done != kUnanswered) {
                throw HostFault("a load is answered twice");
            }
            loads_[entry].done = done;
            break;
        case MemoryKind::Store:
            if (stores_.at(entry).order != ticket.order || stores_[entry].done != kUnanswered) {
                throw HostFault("a store is answered twice");
            }
            stores_[entry].done = done;
            break;
        default:
            return;
    }
    if (ticket.missRegister >= 0) {
        Holder& held = registers_[static_cast<size_t>(ticket.missRegister)];
        held.done = held.order == ticket.order ? done : held.done;
    }
    for (Waiting& waiting : parked_) {
        waiting.hear(ticket.order, done);
    }
}

uint64_t OutOfOrderCore::awaitedBy(const IssueMiss& miss) const {
    if (isBlocked()) {
        return blockingOrder_;
    }
    const bool all = miss.kind == MemoryKind::Atomic || miss.kind == kDrain;
    for (uint32_t i = 0; i < loadCount_; i++) {
        const Load& load = loadAt(i);
        const bool leaves = all || checkedAdd(load.position, windowUnits_) <= miss.position ||
                            (i == 0 && loadCount_ == loads_.size() && isLoad(miss.kind));
        if (leaves && load.done == kUnanswered) {
            return load.order;
        }
    }
    if (miss.kind == MemoryKind::Store && stores_[nextStore_].done == kUnanswered) {
        return stores_[nextStore_].order;
    }
    if (miss.kind == kMispredict) {
        const Load* load = loadOf(miss.producer);
        return load != nullptr && load->done == kUnanswered ? load->order : kNone;
    }
    if (miss.kind == MemoryKind::Atomic) {
        for (size_t i = 0; i < stores_.size(); i++) {
            const Holder& store = stores_[(nextStore_ + i) % stores_.size()];
            if (store.done == kUnanswered) {
                return store.order;
            }
        }
    }
    return kNone;
}

uint64_t OutOfOrderCore::awaitedByParked(uint64_t order) const {
    for (const Waiting& waiting : parked_) {
        if (waiting.ticket.order == order) {
            return waiting.producer != kNone ? waiting.producer : waiting.holder;
        }
    }
    return kNone;
}

IssueOutcome OutOfOrderCore::dispatchLoad(const IssueMiss& miss, IssueTicket& ticket) {
    if (loadCount_ == loads_.size()) {
        const uint64_t done = loadAt(0).done;
        if (done == kUnanswered) {
            return IssueOutcome::Blocked;
        }
        standUntil(done, miss.position);
        removeFirst();
    }
    uint64_t at = checkedAdd(miss.position, stallUnits_);
    Waiting waiting;
    findProducer(miss.producer, at, waiting);
    const auto entry = static_cast<uint32_t>((firstLoad_ + loadCount_) % loads_.size());
    loadCount_++;
    loads_[entry] = {miss.position, miss.program, kUnanswered, order_};
    return issue(miss, at, entry, waiting, ticket);
}

IssueOutcome OutOfOrderCore::dispatchStore(const IssueMiss& miss, IssueTicket& ticket) {
    const uint32_t entry = nextStore_;
    if (stores_[entry].done == kUnanswered) {
        return IssueOutcome::Blocked;
    }
    standUntil(stores_[entry].done, miss.position);
    stores_[entry] = {kUnanswered, order_};
    nextStore_ = static_cast<uint32_t>((entry + 1) % stores_.size());
    return issue(miss, checkedAdd(miss.position, stallUnits_), entry, Waiting{}, ticket);
}

IssueOutcome OutOfOrderCore::issue(const IssueMiss& miss, uint64_t at, uint32_t entry,
                                   Waiting waiting, IssueTicket& ticket) {
    ticket = {at, miss.kind, static_cast<int32_t>(entry), -1, order_};
    if (miss.behindCut) {
        Holder& held = registers_[nextRegister_];
        if (held.done == kUnanswered) {
            waiting.holder = held.order;
        } else {
            ticket.atUnits = std::max(at, held.done);
        }
        held = {kUnanswered, order_};
        ticket.missRegister = static_cast<int32_t>(nextRegister_);
        nextRegister_ = static_cast<uint32_t>((nextRegister_ + 1) % registers_.size());
    }
    order_++;
    if (waiting.isReady()) {
        return IssueOutcome::Issued;
    }
    waiting.ticket = ticket;
    parked_.push_back(waiting);
    return IssueOutcome::Parked;
}

void OutOfOrderCore::findProducer(uint64_t producer, uint64_t& at, Waiting& waiting) const {
    const Load* load = loadOf(producer);
    if (load == nullptr) {
        return;
    }
    if (load->done == kUnanswered) {
        waiting.producer = load->order;
    } else {
        at = std::max(at, load->done);
    }
}

const OutOfOrderCore::Load* OutOfOrderCore::loadOf(uint64_t program) const {
    for (uint32_t i = loadCount_; program != kNone && i > 0; i--) {
        if (loadAt(i - 1).program == program) {
            return &loadAt(i - 1);
        }
    }
    return nullptr;
}

bool OutOfOrderCore::resolve(const IssueMiss& branch) {
    const Load* load = loadOf(branch.producer);
    if (load != nullptr && load->done == kUnanswered) {
        return false;
    }
    if (load != nullptr) {
        standUntil(load->done, branch.position);
    }
    return true;
}

bool OutOfOrderCore::retire(uint64_t position) {
    while (loadCount_ > 0) {
        const Load& oldest = loadAt(0);
        const uint64_t first = checkedAdd(oldest.position, windowUnits_);
        if (first > position) {
            return true;
        }
        if (oldest.done == kUnanswered) {
            return false;
        }
        standUntil(oldest.done, first);
        removeFirst();
    }
    return true;
}

bool OutOfOrderCore::drainLoads(uint64_t position) {
    for (; loadCount_ > 0; removeFirst()) {
        if (loadAt(0).done == kUnanswered) {
            return false;
        }
        standUntil(loadAt(0).done, position);
    }
    return true;
}

bool OutOfOrderCore::drainStores(uint64_t position) {
    if (std::any_of(stores_.begin(), stores_.end(),
                    [](const Holder& store) { return store.done == kUnanswered; })) {
        return false;
    }
    for (const Holder& store : stores_) {
        standUntil(store.done, position);
    }
    return true;
}

void OutOfOrderCore::removeFirst() {
    firstLoad_ = static_cast<uint32_t>((firstLoad_ + 1) % loads_.size());
    loadCount_--;
}

void OutOfOrderCore::standUntil(uint64_t done, uint64_t position) {
    if (done > position) {
        stallUnits_ = std::max(stallUnits_, done - position);
    }
}

void OutOfOrderCore::Waiting::hear(uint64_t order, uint64_t done) {
    if (producer != order && holder != order) {
        return;
    }
    ticket.atUnits = std::max(ticket.atUnits, done);
    producer = producer == order ? kNone : producer;
    holder = holder == order ? kNone : holder;
}

}  // namespace dilaton::cosim
