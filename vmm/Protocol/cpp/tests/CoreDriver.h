#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "Oracle.h"
#include "Replica.h"
#include "dilaton/IntervalCore.h"

namespace dilaton::cosim::test {

// The records of a run, and how its worker cuts them into intervals.
struct Scenario {
    std::vector<VcpuInfo> vcpus;
    std::vector<std::vector<Record>> records;
    std::vector<OracleResult> expected;
    std::vector<uint64_t> endsPs;  // rising; the last lies behind all
};

Scenario randomScenario(uint64_t seed, size_t vcpuCount, size_t recordCount, size_t cutCount,
                        Latency latency, IssueSet set = IssueSet::Inorder);

struct Observed {
    std::vector<uint64_t> stallUnits;
    std::vector<uint64_t> issued;
    std::vector<uint64_t> answered;
    uint64_t latencySumPs = 0;
    std::map<uint32_t, uint64_t> latencyBins;
    uint64_t lagPs = 0;
    uint64_t openAtTheEnd = 0;
    std::vector<Request> requests;  // as they left, ticket 0
};

// Plays a worker that knows the truth: an interval has the records that are made before its end,
// and some more.
class ScenarioWorker {
  public:
    ScenarioWorker(const Scenario& scenario, uint64_t seed);

    [[nodiscard]] Welcome welcome() const;
    [[nodiscard]] bool isOver() const { return next_ == scenario_.endsPs.size(); }
    [[nodiscard]] Interval nextInterval();
    // With `interval` it also does with the answers what a worker does, and expects the peer's
    // state.
    void take(const IntervalDone& done, Observed& observed);

  private:
    const Scenario& scenario_;
    std::mt19937_64 random_;
    std::vector<size_t> sent_;
    std::vector<Replica> replicas_;
    size_t next_ = 0;
};

// Runs a scenario through the core with a model in windows of `windowPs`.
Observed runInWindows(const Scenario& scenario, uint64_t seed, Latency latency, uint64_t windowPs);

// Runs a scenario through the core with a small event queue, and checks as it goes that time never
// passes what is safe. Every `refuseEvery`-th send is refused once, if not 0.
Observed runByEvents(const Scenario& scenario, uint64_t seed, Latency latency,
                     uint64_t refuseEvery = 0);

}  // namespace dilaton::cosim::test
