#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "CoreDriver.h"
#include "TestSeed.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim::test {

namespace {

void expectOracle(const Scenario& scenario, const Observed& observed) {
    uint64_t latencySum = 0;
    std::map<uint32_t, uint64_t> latencyBins;
    for (size_t i = 0; i < scenario.vcpus.size(); i++) {
        const OracleResult& expected = scenario.expected[i];
        EXPECT_EQ(observed.stallUnits[i], expected.stallUnits) << "vcpu " << i;
        EXPECT_EQ(observed.issued[i], scenario.records[i].size());
        EXPECT_EQ(observed.answered[i], expected.requests.size());
        latencySum += expected.latencySumPs;
        for (const auto& [bin, count] : expected.latencyBins) {
            latencyBins[bin] += count;
        }
        std::vector<uint64_t> ats;
        std::vector<uint64_t> expectedAts;
        for (const Request& request : observed.requests) {
            if (request.vcpu == i) {
                ats.push_back(request.atPs);
            }
        }
        for (const OracleRequest& request : expected.requests) {
            expectedAts.push_back(request.atPs);
        }
        std::sort(expectedAts.begin(), expectedAts.end());
        EXPECT_EQ(ats, expectedAts) << "vcpu " << i;
    }
    EXPECT_EQ(observed.latencySumPs, latencySum);
    EXPECT_EQ(observed.latencyBins, latencyBins);
    EXPECT_EQ(observed.openAtTheEnd, 0U);
    EXPECT_EQ(observed.lagPs, 0U);
    EXPECT_TRUE(std::is_sorted(observed.requests.begin(), observed.requests.end(),
                               [](const Request& a, const Request& b) { return a.atPs < b.atPs; }));
}

}  // namespace

TEST(IntervalCore, OneVcpu_GivesTheOraclesStall_WhereverIntervalsAreCut) {
    for (uint64_t seed : seeds(60)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 1, 300, seed % 40, mixedLatency);
        expectOracle(scenario, runByEvents(scenario, seed, mixedLatency));
        expectOracle(scenario, runInWindows(scenario, seed, mixedLatency, kMinLatencyPs));
    }
}

TEST(IntervalCore, OneVcpu_WindowsAndEventsAgree_WithAConstantLatency) {
    for (uint64_t seed : seeds(40)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 1, 300, seed % 30, constantLatency);
        const Observed events = runByEvents(scenario, seed, constantLatency);
        const Observed windows = runInWindows(scenario, seed, constantLatency, kMinLatencyPs);
        EXPECT_EQ(events.stallUnits, windows.stallUnits);
        expectOracle(scenario, events);
    }
}

TEST(IntervalCore, Windows_MayBeShorterThanTheLeastLatency) {
    for (uint64_t seed : seeds(10)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 3, 200, 10, mixedLatency);
        const Observed full = runInWindows(scenario, seed, mixedLatency, kMinLatencyPs);
        const Observed tiny = runInWindows(scenario, seed, mixedLatency, 1);
        expectOracle(scenario, tiny);
        ASSERT_EQ(full.requests.size(), tiny.requests.size());
        for (size_t i = 0; i < full.requests.size(); i++) {
            EXPECT_EQ(std::tie(full.requests[i].atPs, full.requests[i].ticket),
                      std::tie(tiny.requests[i].atPs, tiny.requests[i].ticket));
        }
    }
}

TEST(IntervalCore, ManyVcpus_EachGetsItsOraclesStall_AndTimeNeverPassesWhatIsSafe) {
    for (uint64_t seed : seeds(60)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 2 + seed % 4, 150, seed % 30, mixedLatency);
        expectOracle(scenario, runByEvents(scenario, seed, mixedLatency));
        expectOracle(scenario, runInWindows(scenario, seed, mixedLatency, kMinLatencyPs));
    }
}

TEST(IntervalCore, OutOfOrder_OneVcpuGivesTheOraclesStall_WhereverIntervalsAreCut) {
    for (uint64_t seed : seeds(60)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario =
            randomScenario(seed, 1, 300, seed % 40, mixedLatency, IssueSet::Interval);
        expectOracle(scenario, runByEvents(scenario, seed, mixedLatency));
        expectOracle(scenario, runInWindows(scenario, seed, mixedLatency, kMinLatencyPs));
        expectOracle(scenario, runInWindows(scenario, seed, mixedLatency, 1));
    }
}

TEST(IntervalCore, OutOfOrder_ManyVcpusGiveTheirOraclesStall_AndTimeNeverPassesWhatIsSafe) {
    for (uint64_t seed : seeds(60)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario =
            randomScenario(seed, 2 + seed % 4, 150, seed % 30, mixedLatency, IssueSet::Interval);
        expectOracle(scenario, runByEvents(scenario, seed, mixedLatency));
        expectOracle(scenario, runInWindows(scenario, seed, mixedLatency, kMinLatencyPs));
    }
}

TEST(IntervalCore, OutOfOrder_ARefusedRequestLeavesLater) {
    for (uint64_t seed : seeds(20)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario =
            randomScenario(seed, 1, 200, 5, constantLatency, IssueSet::Interval);
        const Observed observed = runByEvents(scenario, seed, constantLatency, 3);
        EXPECT_GE(observed.stallUnits[0], scenario.expected[0].stallUnits);
        EXPECT_EQ(observed.answered[0], scenario.expected[0].requests.size());
    }
}

TEST(IntervalCore, ARefusedRequest_LeavesLaterAndIsCountedAsLag) {
    for (uint64_t seed : seeds(20)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 1, 200, 5, constantLatency);
        const Observed observed = runByEvents(scenario, seed, constantLatency, 3);
        // Whatever left late kept its latency, which counts from when it passed the cut.
        EXPECT_GE(observed.stallUnits[0], scenario.expected[0].stallUnits);
        EXPECT_EQ(observed.answered[0], scenario.expected[0].requests.size());
        EXPECT_EQ(observed.openAtTheEnd, 0U);
    }
}

// One vCPU at 1 GHz, one unit a cycle: a unit is 1000 ps.
class SmallCore : public ::testing::Test {
  protected:
    static Welcome welcome(size_t vcpus) {
        Welcome result;
        result.lineSizeBytes = 64;
        result.minLatencyPs = 10'000;
        result.vcpus.assign(vcpus, {1'000'000'000, 1, 4, 2});
        return result;
    }

    static Interval interval(uint64_t number, uint64_t endPs, uint64_t limitPs,
                             std::vector<VcpuInput> vcpus) {
        Interval result;
        result.number = number;
        result.endPs = endPs;
        result.limitPs = limitPs;
        result.vcpus = std::move(vcpus);
        return result;
    }

    static void add(Interval& interval, uint32_t vcpu, std::vector<Record> records) {
        interval.blocks.push_back({vcpu, static_cast<uint32_t>(records.size()),
                                   records.front().position, interval.payload.size()});
        encodeRecords(records, records.front().position, interval.payload);
    }

    static Record load(uint64_t position) { return {position, 64, 4, MemoryKind::Load, true}; }
    static Record store(uint64_t position) { return {position, 64, 4, MemoryKind::Store, true}; }

    static std::string faultOf(IntervalCore& core, const Interval& interval) {
        try {
            core.begin(interval);
        } catch (const ProtocolFault& fault) {
            return fault.what();
        }
        return "";
    }
};

TEST_F(SmallCore, GoesOnPastTheEndForACoreThatWaits_AndStandsWhereAnotherCouldAct) {
    IntervalCore core(welcome(2));
    Interval first = interval(1, 50'000, 900'000, {{200, false, false, 0}, {100, false, false, 0}});
    add(first, 0, {load(10)});
    core.begin(first);
    Request request;
    EXPECT_EQ(core.nextIssue(), 14'000U);
    ASSERT_TRUE(core.takeDue(14'000, request));
    EXPECT_EQ(core.nextWake(14'000), 50'000U);
    EXPECT_FALSE(core.isComplete(50'000));
    EXPECT_EQ(core.nextWake(50'000), 100'000U);  // vCPU 1 is at 100 units
    EXPECT_FALSE(core.isComplete(99'999));
    EXPECT_TRUE(core.isComplete(100'000));
    const IntervalDone done = core.done(100'000);
    EXPECT_TRUE(done.vcpus[0].state.blocked);
    ASSERT_EQ(done.vcpus[0].open.size(), 1U);
    EXPECT_EQ(done.vcpus[0].open[0].atPs, 14'000U);
}

TEST_F(SmallCore, AnIdleVcpuHoldsNobodyUp_ButTheLimitDoes) {
    IntervalCore core(welcome(2));
    Interval first = interval(1, 50'000, 300'000, {{200, false, false, 0}, {0, true, false, 0}});
    add(first, 0, {load(10)});
    core.begin(first);
    Request request;
    ASSERT_TRUE(core.takeDue(14'000, request));
    EXPECT_EQ(core.safeUntil(), 300'000U);
    core.answer(request.ticket, 114'000);
    EXPECT_TRUE(core.isComplete(114'000));
    // 4 + 100 cycles, of which 4 are the hit.
    EXPECT_EQ(core.done(114'000).vcpus[0].state.stallUnits, 100U);
}

TEST_F(SmallCore, ACoreWaitsForTheStoreWhoseEntryItsNextStoreNeeds) {
    IntervalCore core(welcome(1));
    Interval first = interval(1, 50'000, 900'000, {{200, false, false, 0}});
    add(first, 0, {store(10), store(11), store(12)});
    core.begin(first);
    Request a;
    Request b;
    Request c;
    ASSERT_TRUE(core.takeDue(14'000, a));
    ASSERT_TRUE(core.takeDue(15'000, b));
    ASSERT_FALSE(core.takeDue(49'000, c));
    EXPECT_FALSE(core.isComplete(50'000));
    core.answer(b.ticket, 60'000);
    EXPECT_FALSE(core.isComplete(60'000));
    core.answer(a.ticket, 70'000);
    EXPECT_TRUE(core.isComplete(70'000));
    EXPECT_FALSE(core.takeDue(70'000, c));  // it passes the cut at 74 ns, behind the end
    EXPECT_EQ(core.done(70'000).vcpus[0].open.size(), 1U);
}

TEST_F(SmallCore, AnOutOfOrderCoreWaitsForWhatItsNextRecordNeeds_AndForNothingElse) {
    Welcome job = welcome(1);
    job.issueSet = "interval";
    job.vcpus[0].windowUnits = 50;
    job.vcpus[0].loadQueueEntries = 8;
    job.vcpus[0].missRegisters = 4;
    IntervalCore core(job);
    Interval first = interval(1, 40'000, 900'000, {{200, false, false, 0}});
    // The second depends on the first, the third on nothing; then a clock is read.
    const std::vector<Record> records{{10, 64, 4, MemoryKind::Load, true, 10, IssueMiss::kNone},
                                      {11, 128, 4, MemoryKind::Load, true, 11, 10},
                                      {12, 192, 4, MemoryKind::Load, true, 12, IssueMiss::kNone},
                                      {30, 0, 0, kDrain, false, 30, IssueMiss::kNone}};
    first.blocks.push_back({0, 4, 10, 0, 10});
    encodeRecords(records, 10, first.payload, IssueSet::Interval, 10);
    core.begin(first);
    Request a;
    Request b;
    Request c;
    ASSERT_TRUE(core.takeDue(14'000, a));
    ASSERT_FALSE(core.takeDue(15'000, b));
    ASSERT_TRUE(core.takeDue(16'000, c));
    EXPECT_EQ(c.line, 192U);
    EXPECT_FALSE(core.isComplete(40'000));  // the drain needs the first, which left before the end
    core.answer(a.ticket, 60'000);
    // Of what it still needs the dependent load is the first, which passes the cut behind the end.
    EXPECT_TRUE(core.isComplete(60'000));
    const IntervalDone done = core.done(60'000);
    EXPECT_EQ(done.vcpus[0].issued, 3U);
    ASSERT_EQ(done.vcpus[0].answers.size(), 1U);
    EXPECT_EQ(done.vcpus[0].answers[0].record, 0U);
    EXPECT_EQ(done.vcpus[0].answers[0].latencyPs, 46'000U);
    // A latency of 4 + 46 cycles from 10 on: the second issues at 60.
    EXPECT_EQ(core.nextIssue(), 64'000U);
}

TEST_F(SmallCore, NothingThatNobodyWaitsForHoldsAnIntervalOpen) {
    IntervalCore core(welcome(1));
    Interval first = interval(1, 50'000, 900'000, {{200, false, false, 0}});
    add(first, 0, {store(10), {12, 128, 4, MemoryKind::Writeback, true}});
    core.begin(first);
    Request request;
    ASSERT_TRUE(core.takeDue(14'000, request));
    ASSERT_TRUE(core.takeDue(16'000, request));
    core.post(request.ticket);
    EXPECT_TRUE(core.isComplete(50'000));
    const IntervalDone done = core.done(50'000);
    EXPECT_EQ(done.vcpus[0].open.size(), 1U);
    EXPECT_EQ(done.vcpus[0].answered, 1U);
}

TEST_F(SmallCore, HostsThatBreakTheirPromise_AreTold) {
    IntervalCore core(welcome(1));
    Interval first = interval(1, 50'000, 900'000, {{200, false, false, 0}});
    add(first, 0, {load(10)});
    core.begin(first);
    Request request;
    EXPECT_THROW(core.answer(0, 20'000), HostFault);  // not sent
    ASSERT_TRUE(core.takeDue(14'000, request));
    EXPECT_THROW(core.answer(request.ticket + 1, 30'000), HostFault);
    EXPECT_THROW(core.answer(uint64_t{7} << 48, 30'000), HostFault);
    EXPECT_THROW(core.post(request.ticket), HostFault);
    try {
        core.answer(request.ticket, 23'999);
        FAIL() << "a latency below the least one was taken";
    } catch (const HostFault& fault) {
        EXPECT_NE(std::string(fault.what()).find("9999 ps is below min_latency_ps, 10000 ps"),
                  std::string::npos)
            << fault.what();
    }
    core.answer(request.ticket, 24'000);
    EXPECT_THROW(core.answer(request.ticket, 24'000), HostFault);
}

TEST_F(SmallCore, IntervalsThatCantBe_AreFaults) {
    const std::vector<VcpuInput> one{{0, false, false, 0}};
    const auto fresh = [] { return IntervalCore(welcome(1)); };
    {
        IntervalCore core = fresh();
        EXPECT_NE(faultOf(core, interval(2, 10, 10, one)).find("1 was due"), std::string::npos);
    }
    {
        IntervalCore core = fresh();
        EXPECT_NE(faultOf(core, interval(1, 10, 10, {})).find("0 vcpus of 1"), std::string::npos);
    }
    {
        IntervalCore core = fresh();
        EXPECT_NE(faultOf(core, interval(1, 10, 9, one)).find("limit"), std::string::npos);
    }
    {
        IntervalCore core = fresh();
        Interval bad = interval(1, 10, 10, one);
        add(bad, 1, {load(10)});
        EXPECT_NE(faultOf(core, bad).find("block of vcpu 1"), std::string::npos);
    }
    {
        IntervalCore core = fresh();
        Interval bad = interval(1, 10, 10, one);
        add(bad, 0, {load(10)});
        add(bad, 0, {load(9)});
        EXPECT_NE(faultOf(core, bad).find("after one at 10"), std::string::npos);
    }
    {
        IntervalCore core = fresh();
        core.begin(interval(1, 50'000, 50'000, one));
        (void)core.done(50'000);
        Interval late = interval(2, 60'000, 60'000, one);
        add(late, 0, {load(10)});
        EXPECT_NE(faultOf(core, late).find("which has passed"), std::string::npos);
    }
}

TEST_F(SmallCore, AStateFromTheWorker_IsTakenWhereNothingIsOnItsWay) {
    IntervalCore core(welcome(1));
    Interval first = interval(1, 10'000, 10'000, {{0, false, true, 0}});
    encodeState({7, 1, false, {0, 0}}, first.payload);
    core.begin(first);
    const IntervalDone done = core.done(10'000);
    EXPECT_EQ(done.vcpus[0].state.stallUnits, 7U);
    EXPECT_EQ(done.vcpus[0].state.nextEntry, 1U);

    Interval blocked = interval(2, 20'000, 20'000, {{0, false, true, 0}});
    encodeState({7, 1, true, {0, 0}}, blocked.payload);
    EXPECT_NE(faultOf(core, blocked).find("nothing is open for"), std::string::npos);

    IntervalCore busy(welcome(1));
    Interval open = interval(1, 50'000, 50'000, {{200, false, false, 0}});
    add(open, 0, {load(10)});
    busy.begin(open);
    Request request;
    ASSERT_TRUE(busy.takeDue(14'000, request));
    (void)busy.done(50'000);
    Interval state = interval(2, 60'000, 60'000, {{200, false, true, 0}});
    encodeState({7, 1, false, {0, 0}}, state.payload);
    EXPECT_NE(faultOf(busy, state).find("on their way"), std::string::npos);
}

TEST_F(SmallCore, TimesBeyond64Bits_AreRefused) {
    IntervalCore core(welcome(1));
    Interval first = interval(1, 50'000, 900'000, {{200, false, false, 0}});
    add(first, 0, {load(UINT64_MAX - 2)});
    EXPECT_THROW(core.begin(first), Overflow);
}

}  // namespace dilaton::cosim::test
