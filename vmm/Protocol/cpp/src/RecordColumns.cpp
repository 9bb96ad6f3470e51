#include "dilaton/RecordColumns.h"

#include <algorithm>
#include <string>

#include "PayloadColumns.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim {

using namespace columns;

namespace {

constexpr uint8_t kKindMask = 0x0f;
constexpr uint8_t kReservedMask = 0x70;
constexpr uint8_t kBehindCut = 0x80;
constexpr uint32_t kNoEntry = UINT32_MAX;

MemoryKind checkedKind(uint8_t bits) {
    if (bits >= kMemoryKindCount) {
        throw ProtocolFault("kind " + std::to_string(bits) + " is not known");
    }
    return static_cast<MemoryKind>(bits);
}

// Of a record, which may be no access.
MemoryKind checkedKind(uint8_t bits, IssueSet set, bool behindCut) {
    const auto kind = static_cast<MemoryKind>(bits);
    if (kind == kMispredict || (kind == kDrain && set == IssueSet::Interval)) {
        if (behindCut) {
            throw ProtocolFault("kind " + std::to_string(bits) + " is behind the cut");
        }
        return kind;
    }
    return checkedKind(bits);
}

// Names and producers of records whose first ones stand behind those decoded before.
void decodeProgram(Columns& columns, const RecordBlock& block, Record* records) {
    const uint8_t* programs = columns.next<uint32_t>(block.count);
    const uint8_t* producers = columns.next<uint32_t>(block.count);
    for (uint32_t i = 0; i < block.count; i++) {
        Record& record = records[i];
        const uint32_t back = load<uint32_t>(producers, i);
        if (__builtin_add_overflow(block.baseProgram, uint64_t{load<uint32_t>(programs, i)},
                                   &record.program) ||
            back > record.program) {
            throw ProtocolFault("record " + std::to_string(i) + ": a wrong name or producer");
        }
        record.producer = back == 0 ? IssueMiss::kNone : record.program - back;
    }
}

void encodeProgram(const std::vector<Record>& records, uint64_t baseProgram,
                   std::vector<uint8_t>& payload) {
    for (const Record& record : records) {
        if (record.program - baseProgram > UINT32_MAX) {
            throw HostFault("the name of a record is too far from its block's base");
        }
        append(payload, static_cast<uint32_t>(record.program - baseProgram));
    }
    pad(payload);
    for (const Record& record : records) {
        const bool has = record.producer != IssueMiss::kNone &&
                         record.program - record.producer <= kWindowUnitsMax;
        append(payload, has ? static_cast<uint32_t>(record.program - record.producer) : 0U);
    }
    pad(payload);
}

uint64_t stateBytes(const VcpuInfo& vcpu) {
    const uint64_t inorder = 16 + uint64_t{vcpu.storeBufferEntries} * 8;
    return vcpu.isOutOfOrder() ? inorder + 8 + uint64_t{vcpu.missRegisters} * 8 : inorder;
}

void decodeIntervalState(const std::vector<uint8_t>& payload, uint64_t offset, const VcpuInfo& vcpu,
                         IssueState& state) {
    const uint8_t* at = payload.data() + offset;
    state.nextRegister = load<uint32_t>(at, 0);
    const uint32_t count = load<uint32_t>(at, 1);
    if (state.nextRegister >= vcpu.missRegisters || count > vcpu.loadQueueEntries) {
        throw ProtocolFault("the state of an engine is none that it can have");
    }
    state.registerDone.resize(vcpu.missRegisters);
    std::memcpy(state.registerDone.data(), at + 8, state.registerDone.size() * 8);
    const uint64_t loads = offset + 8 + uint64_t{vcpu.missRegisters} * 8;
    checkBlock(payload, loads, uint64_t{count} * 24, "the loads of an engine");
    const uint8_t* words = payload.data() + loads;
    for (uint64_t i = 0; i < count; i++) {
        state.loads.push_back({load<uint64_t>(words, i), load<uint64_t>(words, count + i),
                               load<uint64_t>(words, 2 * uint64_t{count} + i)});
    }
}

}  // namespace

uint64_t recordBlockBytes(uint64_t count, IssueSet set) {
    return padded(count * 4) * (set == IssueSet::Inorder ? 2 : 4) + count * 8 + padded(count);
}

uint64_t openBlockBytes(uint64_t count) {
    return count * 16 + padded(count * 4) * 2 + padded(count);
}

void decodeRecords(const std::vector<uint8_t>& payload, const RecordBlock& block,
                   uint32_t lineSizeBytes, std::vector<Record>& records, IssueSet set) {
    checkBlock(payload, block.offset, recordBlockBytes(block.count, set), "a block of records");
    Columns columns(payload, block.offset);
    const uint8_t* offsets = columns.next<uint32_t>(block.count);
    const uint8_t* cycles = columns.next<uint32_t>(block.count);
    const uint8_t* lines = columns.next<uint64_t>(block.count);
    const uint8_t* kinds = columns.next<uint8_t>(block.count);
    uint64_t last = block.baseUnits;
    records.reserve(records.size() + block.count);
    for (uint32_t i = 0; i < block.count; i++) {
        const uint32_t offset = load<uint32_t>(offsets, i);
        const uint8_t bits = kinds[i];
        Record record;
        if (__builtin_add_overflow(block.baseUnits, uint64_t{offset}, &record.position) ||
            record.position < last) {
            throw ProtocolFault("record " + std::to_string(i) + ": its position falls");
        }
        if ((bits & kReservedMask) != 0) {
            throw ProtocolFault("record " + std::to_string(i) + ": reserved bits of its kind");
        }
        record.line = load<uint64_t>(lines, i);
        if (lineSizeBytes != 0 && record.line % lineSizeBytes != 0) {
            throw ProtocolFault("record " + std::to_string(i) + ": not the address of a line");
        }
        record.cycles = load<uint32_t>(cycles, i);
        record.behindCut = (bits & kBehindCut) != 0;
        record.kind = checkedKind(bits & kKindMask, set, record.behindCut);
        last = record.position;
        records.push_back(record);
    }
    if (set == IssueSet::Interval) {
        decodeProgram(columns, block, records.data() + (records.size() - block.count));
    }
}

void encodeRecords(const std::vector<Record>& records, uint64_t baseUnits,
                   std::vector<uint8_t>& payload, IssueSet set, uint64_t baseProgram) {
    for (const Record& record : records) {
        if (record.position < baseUnits || record.position - baseUnits > UINT32_MAX) {
            throw HostFault("a record is too far from its block's base");
        }
        append(payload, static_cast<uint32_t>(record.position - baseUnits));
    }
    pad(payload);
    for (const Record& record : records) {
        append(payload, record.cycles);
    }
    pad(payload);
    for (const Record& record : records) {
        append(payload, record.line);
    }
    for (const Record& record : records) {
        const uint8_t cut = record.behindCut ? kBehindCut : uint8_t{0};
        append(payload, static_cast<uint8_t>(static_cast<uint8_t>(record.kind) | cut));
    }
    pad(payload);
    if (set == IssueSet::Interval) {
        encodeProgram(records, baseProgram, payload);
    }
}

IssueState decodeState(const std::vector<uint8_t>& payload, uint64_t offset, const VcpuInfo& vcpu) {
    checkBlock(payload, offset, stateBytes(vcpu), "the state of an engine");
    const uint8_t* at = payload.data() + offset;
    IssueState state;
    state.stallUnits = load<uint64_t>(at, 0);
    state.nextEntry = load<uint32_t>(at, 2);
    const uint32_t blocked = load<uint32_t>(at, 3);
    if (state.nextEntry >= vcpu.storeBufferEntries || blocked > 1) {
        throw ProtocolFault("the state of an engine is none that it can have");
    }
    state.blocked = blocked == 1;
    state.storeDone.resize(vcpu.storeBufferEntries);
    std::memcpy(state.storeDone.data(), at + 16, state.storeDone.size() * 8);
    if (vcpu.isOutOfOrder()) {
        decodeIntervalState(payload, offset + 16 + uint64_t{vcpu.storeBufferEntries} * 8, vcpu,
                            state);
    }
    return state;
}

void encodeState(const IssueState& state, std::vector<uint8_t>& payload) {
    append(payload, state.stallUnits);
    append(payload, state.nextEntry);
    append(payload, static_cast<uint32_t>(state.blocked ? 1 : 0));
    for (uint64_t done : state.storeDone) {
        append(payload, done);
    }
    if (state.registerDone.empty()) {
        return;
    }
    append(payload, state.nextRegister);
    append(payload, static_cast<uint32_t>(state.loads.size()));
    for (uint64_t done : state.registerDone) {
        append(payload, done);
    }
    for (const LoadInFlight& flight : state.loads) {
        append(payload, flight.position);
    }
    for (const LoadInFlight& flight : state.loads) {
        append(payload, flight.program);
    }
    for (const LoadInFlight& flight : state.loads) {
        append(payload, flight.done);
    }
}

std::vector<Answer> decodeAnswers(const std::vector<uint8_t>& payload, uint64_t offset,
                                  uint32_t count) {
    checkBlock(payload, offset, uint64_t{count} * 16, "a block of answers");
    const uint8_t* words = payload.data() + offset;
    std::vector<Answer> answers(count);
    for (uint64_t i = 0; i < count; i++) {
        answers[i] = {load<uint64_t>(words, i), load<uint64_t>(words, count + i)};
    }
    return answers;
}

void encodeAnswers(const std::vector<Answer>& answers, std::vector<uint8_t>& payload) {
    for (const Answer& answer : answers) {
        append(payload, answer.record);
    }
    for (const Answer& answer : answers) {
        append(payload, answer.latencyPs);
    }
}

std::vector<OpenRequest> decodeOpen(const std::vector<uint8_t>& payload, uint64_t offset,
                                    uint32_t count) {
    checkBlock(payload, offset, openBlockBytes(count), "a block of open requests");
    Columns columns(payload, offset);
    const uint8_t* issues = columns.next<uint64_t>(count);
    const uint8_t* ats = columns.next<uint64_t>(count);
    const uint8_t* cycles = columns.next<uint32_t>(count);
    const uint8_t* entries = columns.next<uint32_t>(count);
    const uint8_t* kinds = columns.next<uint8_t>(count);
    std::vector<OpenRequest> open(count);
    for (uint32_t i = 0; i < count; i++) {
        open[i].ticket.atUnits = load<uint64_t>(issues, i);
        open[i].ticket.kind = checkedKind(kinds[i]);
        const uint32_t entry = load<uint32_t>(entries, i);
        const bool isStore = open[i].ticket.kind == MemoryKind::Store;
        if ((entry == kNoEntry) == isStore || (isStore && entry >= kStoreBufferEntriesMax)) {
            throw ProtocolFault("open request " + std::to_string(i) + ": a wrong entry");
        }
        open[i].ticket.entry = isStore ? static_cast<int32_t>(entry) : -1;
        open[i].atPs = load<uint64_t>(ats, i);
        open[i].cycles = load<uint32_t>(cycles, i);
    }
    return open;
}

void encodeOpen(const std::vector<OpenRequest>& open, std::vector<uint8_t>& payload) {
    for (const OpenRequest& request : open) {
        append(payload, request.ticket.atUnits);
    }
    for (const OpenRequest& request : open) {
        append(payload, request.atPs);
    }
    for (const OpenRequest& request : open) {
        append(payload, request.cycles);
    }
    pad(payload);
    for (const OpenRequest& request : open) {
        append(payload, static_cast<uint32_t>(request.ticket.entry));
    }
    pad(payload);
    for (const OpenRequest& request : open) {
        append(payload, static_cast<uint8_t>(request.ticket.kind));
    }
    pad(payload);
}

std::vector<uint64_t> decodeLines(const std::vector<uint8_t>& payload, uint64_t offset,
                                  uint32_t count) {
    checkBlock(payload, offset, uint64_t{count} * 8, "a block of lines");
    std::vector<uint64_t> lines(count);
    if (count > 0) {
        std::memcpy(lines.data(), payload.data() + offset, lines.size() * 8);
    }
    return lines;
}

void encodeLines(const std::vector<uint64_t>& lines, std::vector<uint8_t>& payload) {
    for (uint64_t line : lines) {
        append(payload, line);
    }
}

}  // namespace dilaton::cosim
