#include "Replica.h"

#include <gtest/gtest.h>

namespace dilaton::cosim::test {

Replica::Replica(const VcpuInfo& vcpu)
    : clock_(vcpu.frequencyHz, vcpu.unitsPerCycle), engine_(vcpu.issue()) {}

void Replica::expect(const std::vector<Record>& records, size_t sent, const VcpuOutput& output) {
    const size_t before = issued_;
    issue(records, sent);
    for (const Answer& answer : output.answers) {
        const auto found = open_.find(answer.record);
        ASSERT_NE(found, open_.end()) << "record " << answer.record << " is not on its way";
        const auto [ticket, cycles] = found->second;
        open_.erase(found);
        engine_.answer(ticket, cycles + clock_.cyclesCovering(answer.latencyPs));
        issue(records, sent);
    }
    EXPECT_EQ(issued_ - before, output.issued);
    std::vector<uint8_t> ours;
    std::vector<uint8_t> theirs;
    encodeState(engine_.state(), ours);
    encodeState(output.state, theirs);
    EXPECT_EQ(ours, theirs);
    EXPECT_TRUE(output.open.empty());
}

void Replica::issue(const std::vector<Record>& records, size_t sent) {
    release(records);
    IssueTicket ticket;
    while (issued_ < sent) {
        const IssueOutcome outcome = engine_.dispatch(records[issued_].miss(), ticket);
        if (outcome == IssueOutcome::Blocked) {
            return;
        }
        const size_t number = issued_++;
        if (outcome == IssueOutcome::Parked) {
            parked_[ticket.order] = number;
        } else {
            send(records[number], number, ticket);
            release(records);
        }
    }
}

void Replica::release(const std::vector<Record>& records) {
    IssueTicket ticket;
    while (engine_.tryRelease(ticket)) {
        const size_t number = parked_.at(ticket.order);
        send(records[number], number, ticket);
    }
}

void Replica::send(const Record& record, size_t number, const IssueTicket& ticket) {
    if (record.behindCut) {
        open_[number] = {ticket, record.cycles};
    } else {
        engine_.answer(ticket, record.cycles);
    }
}

}  // namespace dilaton::cosim::test
