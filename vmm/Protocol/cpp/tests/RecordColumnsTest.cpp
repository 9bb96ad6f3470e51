#include <gtest/gtest.h>

#include <random>

#include "Oracle.h"
#include "TestSeed.h"
#include "dilaton/Errors.h"
#include "dilaton/IntervalCore.h"
#include "dilaton/RecordColumns.h"

namespace dilaton::cosim::test {

namespace {

bool operator==(const Record& a, const Record& b) {
    return a.position == b.position && a.line == b.line && a.cycles == b.cycles &&
           a.kind == b.kind && a.behindCut == b.behindCut && a.program == b.program &&
           a.producer == b.producer;
}

RecordBlock blockOf(const std::vector<Record>& records, std::vector<uint8_t>& payload,
                    IssueSet set = IssueSet::Inorder) {
    const RecordBlock block{0, static_cast<uint32_t>(records.size()),
                            records.empty() ? 0 : records.front().position, payload.size(),
                            records.empty() ? 0 : records.front().program};
    encodeRecords(records, block.baseUnits, payload, set, block.baseProgram);
    return block;
}

std::string faultOf(const std::vector<uint8_t>& payload, const RecordBlock& block) {
    std::vector<Record> records;
    try {
        decodeRecords(payload, block, 64, records);
    } catch (const ProtocolFault& fault) {
        return fault.what();
    }
    return "";
}

// An in-order vCPU with so many entries of the store buffer.
VcpuInfo stores(uint32_t entries) {
    return {1'000'000'000, 1, 4, entries};
}

}  // namespace

TEST(RecordColumns, RoundTrip) {
    for (uint64_t seed : seeds(40)) {
        std::mt19937_64 random(seed);
        const std::vector<Record> records =
            randomRecords(random, randomVcpu(random), random() % 100);
        std::vector<uint8_t> payload(8 * (random() % 4), 0xff);
        const size_t before = payload.size();
        const RecordBlock block = blockOf(records, payload);
        EXPECT_EQ(payload.size() - before, recordBlockBytes(records.size()));
        std::vector<Record> back;
        decodeRecords(payload, block, 64, back);
        ASSERT_EQ(back.size(), records.size());
        for (size_t i = 0; i < back.size(); i++) {
            EXPECT_TRUE(back[i] == records[i]) << i;
        }
    }
}

TEST(RecordColumns, LayoutIsThatOfThePage) {
    std::vector<uint8_t> payload;
    encodeRecords({{105, 0x1122334455667740, 7, MemoryKind::Store, true},
                   {106, 0x40, 8, MemoryKind::Writeback, false},
                   {110, 0x80, 9, MemoryKind::Load, true}},
                  100, payload);
    const std::vector<uint8_t> expected{
        5,    0,    0,    0,    6,    0,    0,    0,    10,   0,    0,    0, 0, 0, 0, 0,   // offset
        7,    0,    0,    0,    8,    0,    0,    0,    9,    0,    0,    0, 0, 0, 0, 0,   // cycles
        0x40, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x40, 0,    0,    0, 0, 0, 0, 0,   // line
        0x80, 0,    0,    0,    0,    0,    0,    0,    0x81, 0x09, 0x80, 0, 0, 0, 0, 0};  // kind
    EXPECT_EQ(payload, expected);
}

TEST(RecordColumns, WithInterval_NamesAndProducersGoAlong) {
    for (uint64_t seed : seeds(40)) {
        std::mt19937_64 random(seed);
        const std::vector<Record> records =
            randomRecords(random, randomOutOfOrderVcpu(random), 1 + random() % 100);
        std::vector<uint8_t> payload;
        RecordBlock block{0, static_cast<uint32_t>(records.size()), records.front().position, 0,
                          records.front().program};
        encodeRecords(records, block.baseUnits, payload, IssueSet::Interval, block.baseProgram);
        EXPECT_EQ(payload.size(), recordBlockBytes(records.size(), IssueSet::Interval));
        std::vector<Record> back;
        decodeRecords(payload, block, 64, back, IssueSet::Interval);
        ASSERT_EQ(back.size(), records.size());
        for (size_t i = 0; i < back.size(); i++) {
            EXPECT_TRUE(back[i] == records[i]) << i;
        }
        if (records.back().program > records.front().program) {
            block.baseProgram = UINT64_MAX;
            EXPECT_THROW(decodeRecords(payload, block, 64, back, IssueSet::Interval),
                         ProtocolFault);
        }
    }
}

TEST(RecordColumns, WithInterval_EachRuleHasItsFault) {
    std::vector<uint8_t> payload;
    encodeRecords({{100, 64, 4, MemoryKind::Load, true, 50, IssueMiss::kNone},
                   {101, 64, 0, kDrain, false, 60, IssueMiss::kNone}},
                  100, payload, IssueSet::Interval, 50);
    const RecordBlock block{0, 2, 100, 0, 50};
    const auto faultWith = [&](size_t at, uint8_t value) {
        std::vector<uint8_t> copy = payload;
        copy[at] = value;
        std::vector<Record> records;
        try {
            decodeRecords(copy, block, 64, records, IssueSet::Interval);
        } catch (const ProtocolFault& fault) {
            return std::string(fault.what());
        }
        return std::string();
    };
    EXPECT_EQ(faultWith(0, 0), "");
    EXPECT_NE(faultWith(33, 0x8a).find("kind 10 is behind the cut"), std::string::npos);
    EXPECT_NE(faultWith(33, 0x8b).find("kind 11 is behind the cut"), std::string::npos);
    EXPECT_EQ(faultWith(33, 0x0b), "");  // a mispredicted branch
    EXPECT_NE(faultWith(33, 0x0c).find("kind 12"), std::string::npos);
    EXPECT_EQ(faultWith(48, 50), "");  // a producer 50 units back is at 0
    EXPECT_NE(faultWith(48, 51).find("wrong name or producer"), std::string::npos);
    std::vector<Record> records;
    EXPECT_THROW(decodeRecords(payload, block, 64, records), ProtocolFault);  // a drain, inorder
}

TEST(RecordColumns, WithInterval_StatesAndAnswersRoundTrip) {
    VcpuInfo vcpu = stores(2);
    vcpu.windowUnits = 100;
    vcpu.loadQueueEntries = 3;
    vcpu.missRegisters = 2;
    const IssueState state{77,
                           1,
                           true,
                           {1, 2},
                           1,
                           {IssueState::kUnanswered, 9},
                           {{5, 6, 7}, {8, 9, IssueState::kUnanswered}}};
    std::vector<uint8_t> payload;
    encodeState(state, payload);
    EXPECT_EQ(payload.size(), 16U + 2 * 8 + 8 + 2 * 8 + 2 * 24);
    const IssueState back = decodeState(payload, 0, vcpu);
    EXPECT_EQ(back.nextRegister, 1U);
    EXPECT_EQ(back.registerDone, state.registerDone);
    ASSERT_EQ(back.loads.size(), 2U);
    EXPECT_EQ(back.loads[0].position, 5U);
    EXPECT_EQ(back.loads[1].program, 9U);
    EXPECT_EQ(back.loads[1].done, IssueState::kUnanswered);
    payload[36] = 4;  // loads
    EXPECT_THROW((void)decodeState(payload, 0, vcpu), ProtocolFault);
    payload[36] = 3;
    EXPECT_THROW((void)decodeState(payload, 0, vcpu), ProtocolFault);
    payload[36] = 2;
    payload[32] = 2;  // next register
    EXPECT_THROW((void)decodeState(payload, 0, vcpu), ProtocolFault);

    std::vector<uint8_t> answers;
    encodeAnswers({{3, 80'000}, {1, 90'000}}, answers);
    const std::vector<Answer> read = decodeAnswers(answers, 0, 2);
    EXPECT_EQ(read[0].record, 3U);
    EXPECT_EQ(read[1].latencyPs, 90'000U);
    EXPECT_THROW((void)decodeAnswers(answers, 0, 3), ProtocolFault);
}

TEST(RecordColumns, StateOpenAndLines_RoundTrip) {
    std::vector<uint8_t> payload;
    const IssueState state{77, 2, true, {1, IssueState::kUnanswered, 3}};
    encodeState(state, payload);
    const uint64_t openAt = payload.size();
    const std::vector<OpenRequest> open{{{5, MemoryKind::Store, 1}, 900, 12},
                                        {{6, MemoryKind::Load, -1}, 950, 13},
                                        {{6, MemoryKind::Writeback, -1}, 951, 0}};
    encodeOpen(open, payload);
    EXPECT_EQ(payload.size() - openAt, openBlockBytes(3));
    const uint64_t linesAt = payload.size();
    encodeLines({64, 128}, payload);

    const IssueState stateBack = decodeState(payload, 0, stores(3));
    EXPECT_EQ(stateBack.stallUnits, 77U);
    EXPECT_EQ(stateBack.nextEntry, 2U);
    EXPECT_TRUE(stateBack.blocked);
    EXPECT_EQ(stateBack.storeDone, state.storeDone);
    const std::vector<OpenRequest> openBack = decodeOpen(payload, openAt, 3);
    for (size_t i = 0; i < open.size(); i++) {
        EXPECT_EQ(openBack[i].ticket.atUnits, open[i].ticket.atUnits);
        EXPECT_EQ(openBack[i].ticket.kind, open[i].ticket.kind);
        EXPECT_EQ(openBack[i].ticket.entry, open[i].ticket.entry);
        EXPECT_EQ(openBack[i].atPs, open[i].atPs);
        EXPECT_EQ(openBack[i].cycles, open[i].cycles);
    }
    EXPECT_EQ(decodeLines(payload, linesAt, 2), (std::vector<uint64_t>{64, 128}));
}

TEST(RecordColumns, EachRuleHasItsFault) {
    const std::vector<Record> records{{100, 64, 4, MemoryKind::Load, true},
                                      {101, 64, 4, MemoryKind::Store, true}};
    std::vector<uint8_t> payload;
    const RecordBlock good = blockOf(records, payload);
    EXPECT_EQ(faultOf(payload, good), "");

    RecordBlock bad = good;
    bad.offset = 4;
    EXPECT_NE(faultOf(payload, bad).find("multiple of 8"), std::string::npos);
    bad.offset = 8;
    EXPECT_NE(faultOf(payload, bad).find("not within the payload"), std::string::npos);
    bad.offset = UINT64_MAX - 7;
    EXPECT_NE(faultOf(payload, bad).find("not within the payload"), std::string::npos);
    bad = good;
    bad.count = UINT32_MAX;
    EXPECT_NE(faultOf(payload, bad).find("not within the payload"), std::string::npos);
    bad = good;
    bad.baseUnits = UINT64_MAX;
    EXPECT_NE(faultOf(payload, bad).find("position falls"), std::string::npos);

    const auto withByte = [&](size_t at, uint8_t value) {
        std::vector<uint8_t> copy = payload;
        copy[at] = value;
        return faultOf(copy, good);
    };
    EXPECT_NE(withByte(0, 2).find("position falls"), std::string::npos);
    EXPECT_NE(withByte(16, 1).find("address of a line"), std::string::npos);
    EXPECT_NE(withByte(32, 0x8a).find("kind 10"), std::string::npos);
    EXPECT_NE(withByte(32, 0x10).find("reserved"), std::string::npos);
}

TEST(RecordColumns, StatesThatCantBe_AreFaults) {
    std::vector<uint8_t> payload;
    encodeState({1, 0, false, {0, 0}}, payload);
    EXPECT_THROW((void)decodeState(payload, 0, stores(3)), ProtocolFault);
    EXPECT_THROW((void)decodeState(payload, 4, stores(1)), ProtocolFault);
    payload[8] = 2;
    EXPECT_THROW((void)decodeState(payload, 0, stores(2)), ProtocolFault);
    payload[8] = 0;
    payload[12] = 2;
    EXPECT_THROW((void)decodeState(payload, 0, stores(2)), ProtocolFault);

    std::vector<uint8_t> open;
    encodeOpen({{{5, MemoryKind::Load, 0}, 900, 12}}, open);
    EXPECT_THROW((void)decodeOpen(open, 0, 1), ProtocolFault);  // a load has no entry
    EXPECT_THROW((void)decodeOpen(open, 0, 2), ProtocolFault);
    EXPECT_THROW((void)decodeLines(open, 0, UINT32_MAX), ProtocolFault);
}

// Whatever the bytes, a decoder takes them or throws; it never reads beside them (sanitizers see).
TEST(RecordColumns, HostileIntervals_AreTakenOrRefused) {
    size_t taken = 0;
    size_t all = 0;
    for (uint64_t seed : seeds(400)) {
        std::mt19937_64 random(seed);
        const VcpuInfo vcpu = random() % 2 == 0 ? randomVcpu(random) : randomOutOfOrderVcpu(random);
        Welcome welcome;
        welcome.lineSizeBytes = 64;
        welcome.minLatencyPs = 1;
        welcome.vcpus = {vcpu};
        Interval interval;
        interval.number = 1;
        interval.endPs = interval.limitPs = UINT64_MAX / 2;
        encodeState({5,
                     0,
                     false,
                     std::vector<uint64_t>(vcpu.storeBufferEntries, 1),
                     0,
                     std::vector<uint64_t>(vcpu.missRegisters, 1),
                     {}},
                    interval.payload);
        interval.vcpus = {{1'000'000, false, random() % 2 == 0, 0}};
        const std::vector<Record> records = randomRecords(random, vcpu, 1 + random() % 60);
        interval.blocks.push_back(
            blockOf(records, interval.payload,
                    vcpu.isOutOfOrder() ? IssueSet::Interval : IssueSet::Inorder));
        for (uint64_t i = random() % 6; i > 0; i--) {
            interval.payload[random() % interval.payload.size()] ^=
                static_cast<uint8_t>(1U << (random() % 8));
        }
        switch (random() % 6) {
            case 0:
                interval.payload.resize(random() % interval.payload.size());
                break;
            case 1:
                interval.blocks[0].offset = random() >> (random() % 64);
                break;
            case 2:
                interval.blocks[0].count = static_cast<uint32_t>(random() >> (32 + random() % 32));
                break;
            case 3:
                interval.blocks[0].baseUnits = random() >> (random() % 64);
                break;
            case 4:
                interval.vcpus[0].stateOffset = random() >> (random() % 64);
                break;
            default:
                break;
        }
        all++;
        IntervalCore core(welcome);
        try {
            core.begin(interval);
            Request request;
            while (core.takeBefore(interval.endPs, request)) {
                core.answerLatency(request.ticket, 1000);
            }
            (void)core.done(interval.endPs);
            taken++;
        } catch (const ProtocolFault&) {
        } catch (const Overflow&) {
        }
    }
    EXPECT_GT(taken, all / 20);
    EXPECT_LT(taken, all / 20 * 19);
}

}  // namespace dilaton::cosim::test
