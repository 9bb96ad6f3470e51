#include "dilaton/AccessTable.h"

#include <gtest/gtest.h>

#include <functional>

#include "dilaton/Errors.h"
#include "dilaton/IntervalCore.h"

namespace dilaton::cosim::test {

namespace {

Welcome twoVcpus() {
    Welcome welcome;
    welcome.version = kProtocolVersion;
    welcome.lineSizeBytes = 64;
    welcome.minLatencyPs = 1;
    welcome.vcpus = {{1'000'000'000, 1, 4, 2}, {1'000'000'000, 1, 4, 2}};
    welcome.windows = {{"dev", 0x4000, 0x1000, false}, {"far", 0x8000, 0x1000, true}};
    return welcome;
}

Access load(uint64_t id, uint64_t atPs, uint32_t vcpu = 0) {
    return {id, vcpu, atPs, 0x4010, 8, false, {}, false};
}

// Both vCPUs make their next record at `floorNs` or later, a cycle being 1 ns.
Interval interval(uint64_t number, uint64_t endPs, uint64_t floorNs, std::vector<Access> accesses) {
    Interval result;
    result.number = number;
    result.endPs = endPs;
    result.limitPs = 1'000'000'000;
    result.vcpus = {{floorNs, false, false, 0}, {floorNs, false, false, 0}};
    result.accesses = std::move(accesses);
    return result;
}

std::string faultOf(const std::function<void()>& work) {
    try {
        work();
        return "none";
    } catch (const ProtocolFault& fault) {
        return fault.what();
    } catch (const HostFault& fault) {
        return std::string("host: ") + fault.what();
    }
}

std::string faultOf(Access access) {
    AccessTable table(twoVcpus());
    return faultOf([&] { table.begin(interval(1, 5000, 5, {access}), 4000); });
}

}  // namespace

TEST(AccessTable, AnAccessThatCantBe_IsAFaultWithItsReason) {
    EXPECT_EQ(faultOf(load(1, 5000)), "none");
    EXPECT_EQ(faultOf(load(0, 5000)), "access 0: its id does not grow");
    EXPECT_EQ(faultOf(load(1, 5000, 2)), "access 1: there is no vCPU 2");
    EXPECT_EQ(faultOf(load(1, 4999)), "access 1: it is at 4999 ps, not at the interval's end");
    Access outside = load(1, 5000);
    outside.address = 0x5000;
    EXPECT_EQ(faultOf(outside), "access 1: it lies in no window");
    outside.address = 0x4ffc;
    EXPECT_EQ(faultOf(outside), "access 1: it has 8 bytes");
    Access store = load(1, 5000);
    store.store = true;
    EXPECT_EQ(faultOf(store), "access 1: it brings 0 bytes where 8 are due");
    store.address = 0x8000;
    EXPECT_EQ(faultOf(store), "none");
    AccessTable late(twoVcpus());
    EXPECT_EQ(faultOf([&] { late.begin(interval(1, 5000, 5, {load(1, 5000)}), 5001); }),
              "access 1: it is at 5000 ps, before 5001 ps, which has passed");
    AccessTable twice(twoVcpus());
    twice.begin(interval(1, 5000, 5, {load(1, 5000)}), 0);
    EXPECT_EQ(faultOf([&] { twice.begin(interval(2, 5000, 5, {load(2, 5000)}), 0); }),
              "access 2: its vCPU waits for another one already");
}

TEST(AccessTable, ACompletionThatCantBe_IsTheHostsFault) {
    AccessTable table(twoVcpus());
    Access taken;
    EXPECT_FALSE(table.takeDue(UINT64_MAX, taken));
    table.begin(interval(1, 5000, 5, {load(7, 5000)}), 0);
    const std::vector<uint8_t> data(8, 1);
    EXPECT_EQ(faultOf([&] { table.complete(7, 6000, data); }),
              "host: a completion of access 7, which is not open");
    EXPECT_FALSE(table.takeDue(4999, taken));
    EXPECT_TRUE(table.takeDue(5000, taken));
    EXPECT_TRUE(table.isOpen(0));
    EXPECT_EQ(faultOf([&] { table.complete(7, 4999, data); }),
              "host: access 7 is completed before it is made");
    EXPECT_EQ(faultOf([&] { table.complete(7, 6000, {1}); }),
              "host: access 7 loads 1 of its 8 bytes");
    table.complete(7, 6000, data);
    EXPECT_FALSE(table.isAnyOpen());
    EXPECT_EQ(faultOf([&] { table.complete(7, 6000, data); }),
              "host: a completion of access 7, which is not open");
    ASSERT_EQ(table.takeCompleted().size(), 1U);
    EXPECT_TRUE(table.takeCompleted().empty());
}

TEST(AccessTable, TimeGoesOn_ToTheOtherVcpusNextRecord_AndNoFurther) {
    IntervalCore core(twoVcpus());
    Interval first = interval(1, 5000, 5, {load(1, 5000)});
    first.vcpus[1].floorUnits = 9;
    core.begin(first);
    EXPECT_EQ(core.nextWake(0), 5000U);
    Access access;
    EXPECT_FALSE(core.takeAccess(4999, access));
    EXPECT_TRUE(core.takeAccess(5000, access));
    EXPECT_EQ(access.id, 1U);
    EXPECT_FALSE(core.isComplete(5000));
    EXPECT_EQ(core.safeUntil(), 9000U);
    EXPECT_EQ(core.nextWake(5000), 9000U);
    EXPECT_TRUE(core.isComplete(9000));
    EXPECT_TRUE(core.done(9000).completions.empty());

    // The other one goes on to 20 ns; the access is completed on the way.
    Interval second = interval(2, 9000, 9, {});
    second.vcpus[1].floorUnits = 20;
    core.begin(second);
    EXPECT_FALSE(core.isComplete(9000));
    core.completeAccess(1, 12000, std::vector<uint8_t>(8, 3));
    EXPECT_TRUE(core.isComplete(12000));
    EXPECT_EQ(core.safeUntil(), 12000U);
    const IntervalDone done = core.done(12000);
    ASSERT_EQ(done.completions.size(), 1U);
    EXPECT_EQ(done.completions[0].id, 1U);
    EXPECT_EQ(done.completions[0].atPs, 12000U);
}

}  // namespace dilaton::cosim::test
