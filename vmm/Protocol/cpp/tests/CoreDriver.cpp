#include "CoreDriver.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "dilaton/ModelTimer.h"

namespace dilaton::cosim::test {

namespace {

class LatencyModel : public TimingModel {
  public:
    LatencyModel(Latency latency, uint64_t windowPs, Observed& observed)
        : latency_(latency), windowPs_(windowPs), observed_(observed) {}

    [[nodiscard]] uint64_t minLatencyPs() const override { return windowPs_; }

    void latencies(const Request* requests, size_t count, uint64_t* latenciesPs) override {
        for (size_t i = 0; i < count; i++) {
            latenciesPs[i] = latency_({requests[i].atPs, requests[i].line, requests[i].kind});
            observed_.requests.push_back(requests[i]);
        }
    }

  private:
    Latency latency_;
    uint64_t windowPs_;
    Observed& observed_;
};

// An event-driven host around the core, without a wire.
class EventLoop {
  public:
    EventLoop(const Scenario& scenario, uint64_t seed, Latency latency, uint64_t refuseEvery)
        : worker_(scenario, seed),
          core_(worker_.welcome()),
          latency_(latency),
          refuseEvery_(refuseEvery) {}

    Observed run() {
        while (!worker_.isOver()) {
            core_.begin(worker_.nextInterval());
            sendDue();
            while (!core_.isComplete(now_)) {
                advance();
                sendDue();
            }
            worker_.take(core_.done(now_), observed_);
        }
        return std::move(observed_);
    }

  private:
    void advance() {
        const uint64_t wake = core_.nextWake(now_);
        EXPECT_GT(wake, now_);
        const bool isAnswer = !answers_.empty() && answers_.begin()->first <= wake;
        now_ = isAnswer ? answers_.begin()->first : wake;
        EXPECT_LE(now_, core_.safeUntil());
        if (isAnswer) {
            core_.answer(answers_.begin()->second, now_);
            answers_.erase(answers_.begin());
            for (uint32_t vcpu = 0; vcpu < core_.vcpuCount(); vcpu++) {
                core_.resume(vcpu);
            }
        }
    }

    void sendDue() {
        Request request;
        const uint64_t safe = core_.safeUntil();
        while (core_.takeDue(now_, request)) {
            EXPECT_LE(request.atPs, now_);
            EXPECT_LT(request.atPs, safe);
            if (refuseEvery_ != 0 && !answers_.empty() && ++sends_ % refuseEvery_ == 0) {
                core_.putBack(request, now_);
                continue;
            }
            observed_.requests.push_back(request);
            const uint64_t l = latency_({request.atPs, request.line, request.kind});
            answers_.emplace(std::max(now_, request.atPs + l), request.ticket);
        }
    }

    ScenarioWorker worker_;
    IntervalCore core_;
    Latency latency_;
    uint64_t refuseEvery_;
    uint64_t sends_ = 0;
    uint64_t now_ = 0;
    std::multimap<uint64_t, uint64_t> answers_;
    Observed observed_;
};

}  // namespace

Scenario randomScenario(uint64_t seed, size_t vcpuCount, size_t recordCount, size_t cutCount,
                        Latency latency, IssueSet set) {
    std::mt19937_64 random(seed);
    Scenario scenario;
    uint64_t last = 0;
    for (size_t i = 0; i < vcpuCount; i++) {
        scenario.vcpus.push_back(set == IssueSet::Interval ? randomOutOfOrderVcpu(random)
                                                           : randomVcpu(random));
        scenario.records.push_back(randomRecords(random, scenario.vcpus[i], recordCount));
        scenario.expected.push_back(runOracle(scenario.vcpus[i], scenario.records[i], latency));
        for (const OracleRequest& request : scenario.expected[i].requests) {
            last = std::max(last, request.atPs + 2'000'000);
        }
    }
    for (size_t i = 0; i < cutCount; i++) {
        scenario.endsPs.push_back(random() % last);
    }
    scenario.endsPs.push_back(last + 1'000'000'000);
    std::sort(scenario.endsPs.begin(), scenario.endsPs.end());
    return scenario;
}

ScenarioWorker::ScenarioWorker(const Scenario& scenario, uint64_t seed)
    : scenario_(scenario), random_(seed), sent_(scenario.vcpus.size(), 0) {
    for (const VcpuInfo& vcpu : scenario.vcpus) {
        replicas_.emplace_back(vcpu);
    }
}

Welcome ScenarioWorker::welcome() const {
    Welcome welcome;
    welcome.version = kProtocolVersion;
    welcome.lineSizeBytes = 64;
    welcome.minLatencyPs = kMinLatencyPs;
    welcome.issueSet = scenario_.vcpus[0].isOutOfOrder() ? "interval" : "inorder";
    welcome.vcpus = scenario_.vcpus;
    return welcome;
}

Interval ScenarioWorker::nextInterval() {
    Interval interval;
    interval.endPs = scenario_.endsPs[next_++];
    interval.number = next_;
    interval.limitPs = interval.endPs + random_() % 3'000'000;
    for (size_t i = 0; i < scenario_.vcpus.size(); i++) {
        const std::vector<Record>& records = scenario_.records[i];
        const std::vector<uint64_t>& ready = scenario_.expected[i].readyPs;
        size_t until = sent_[i];
        while (until < records.size() && ready[until] < interval.endPs) {
            until++;
        }
        until = std::min(records.size(), until + random_() % 4);
        while (sent_[i] < until) {
            const size_t count = std::min<size_t>(until - sent_[i], 1 + random_() % 50);
            const auto first = records.begin() + static_cast<std::ptrdiff_t>(sent_[i]);
            const std::vector<Record> part(first, first + static_cast<std::ptrdiff_t>(count));
            const uint64_t begin = part.front().position;
            const uint64_t base = begin - std::min<uint64_t>(begin, random_() % 1000);
            interval.blocks.push_back({static_cast<uint32_t>(i), static_cast<uint32_t>(count), base,
                                       interval.payload.size(), part.front().program});
            encodeRecords(
                part, base, interval.payload,
                scenario_.vcpus[i].isOutOfOrder() ? IssueSet::Interval : IssueSet::Inorder,
                part.front().program);
            sent_[i] += count;
        }
        VcpuInput input;
        input.idle = until == records.size();
        input.floorUnits = input.idle ? records.back().position : records[until].position;
        interval.vcpus.push_back(input);
    }
    return interval;
}

void ScenarioWorker::take(const IntervalDone& done, Observed& observed) {
    observed.stallUnits.clear();
    observed.issued.resize(done.vcpus.size());
    observed.answered.resize(done.vcpus.size());
    observed.openAtTheEnd = 0;
    for (size_t i = 0; i < done.vcpus.size(); i++) {
        const VcpuOutput& vcpu = done.vcpus[i];
        if (scenario_.vcpus[i].isOutOfOrder()) {
            replicas_[i].expect(scenario_.records[i], sent_[i], vcpu);
        }
        observed.stallUnits.push_back(vcpu.state.stallUnits);
        observed.issued[i] += vcpu.issued;
        observed.answered[i] += vcpu.answered;
        observed.latencySumPs += vcpu.latencySumPs;
        for (const auto& [bin, count] : vcpu.latencyBins) {
            observed.latencyBins[bin] += count;
        }
        observed.lagPs += vcpu.overloadLagPs;
        observed.openAtTheEnd += vcpu.open.size();
    }
}

Observed runInWindows(const Scenario& scenario, uint64_t seed, Latency latency, uint64_t windowPs) {
    Observed observed;
    ScenarioWorker worker(scenario, seed);
    IntervalCore core(worker.welcome());
    LatencyModel model(latency, windowPs, observed);
    ModelTimer timer(core, model);
    while (!worker.isOver()) {
        const Interval interval = worker.nextInterval();
        core.begin(interval);
        timer.run();
        worker.take(core.done(interval.endPs), observed);
    }
    return observed;
}

Observed runByEvents(const Scenario& scenario, uint64_t seed, Latency latency,
                     uint64_t refuseEvery) {
    return EventLoop(scenario, seed, latency, refuseEvery).run();
}

}  // namespace dilaton::cosim::test
