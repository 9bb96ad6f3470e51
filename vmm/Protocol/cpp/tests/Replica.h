#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "dilaton/Messages.h"
#include "dilaton/RecordColumns.h"
#include "dilaton/VcpuClock.h"

namespace dilaton::cosim::test {

// A worker's copy of an out-of-order vCPU's issue engine: docs/protocol.md 3.6.
class Replica {
  public:
    explicit Replica(const VcpuInfo& vcpu);

    // The peer had these records, of all, when the interval was sent, and reports this. Expects
    // that it did what the engine does.
    void expect(const std::vector<Record>& records, size_t sent, const VcpuOutput& output);

  private:
    void issue(const std::vector<Record>& records, size_t sent);
    void release(const std::vector<Record>& records);
    void send(const Record& record, size_t number, const IssueTicket& ticket);

    VcpuClock clock_;
    IssueEngine engine_;
    size_t issued_ = 0;
    std::map<uint64_t, size_t> parked_;  // number of a record by its ticket's order
    std::map<size_t, std::pair<IssueTicket, uint32_t>> open_;  // ticket and cycles by number
};

}  // namespace dilaton::cosim::test
