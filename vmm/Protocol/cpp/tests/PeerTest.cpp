#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <set>
#include <thread>
#include <utility>

#include "CoreDriver.h"
#include "FlatEventHost.h"
#include "FlatMemory.h"
#include "ScratchDevice.h"
#include "ScriptedWorker.h"
#include "dilaton/Connection.h"
#include "dilaton/Errors.h"
#include "dilaton/EventPeer.h"
#include "dilaton/ModelPeer.h"

namespace dilaton::cosim::test {

namespace {

// A flat model whose patience a test controls.
class TestModel : public TimingModel {
  public:
    [[nodiscard]] uint64_t minLatencyPs() const override { return kMinLatencyPs; }

    void latencies(const Request*, size_t count, uint64_t* latenciesPs) override {
        while (hold) {
            std::this_thread::yield();
        }
        std::fill(latenciesPs, latenciesPs + count, latencyPs);
    }

    void statistics(const StatisticsRequest& request) override { label = request.label; }

    [[nodiscard]] bool isInterrupted() override { return interrupt; }

    std::atomic<bool> hold{false};
    std::atomic<bool> interrupt{false};
    uint64_t latencyPs = kMinLatencyPs;
    std::string label;
};

// Over the socket, and over a ring.
class PeerTest : public ::testing::TestWithParam<bool> {
  protected:
    PeerTest() {
        options_.endpoint = worker_.endpoint();
        options_.peer = "mem";
        options_.software = "test";
        options_.lineSizeBytes = 64;
        options_.vcpus = 2;
        welcome_.version = kProtocolVersion;
        welcome_.lineSizeBytes = 64;
        welcome_.minLatencyPs = kMinLatencyPs;
        welcome_.issueSet = "inorder";
        welcome_.vcpus = {{1'000'000'000, 1, 4, 2}};
    }

    ~PeerTest() override {
        model_.hold = false;
        model_.interrupt = true;
    }

    // Runs a model peer on a thread of its own; the result is what it threw, or "finished".
    std::future<std::string> startModel() {
        return start([this] {
            ModelPeer peer(model_, options_);
            peer.run();
            peer.finish();
        });
    }

    static std::future<std::string> start(std::function<void()> serve) {
        return std::async(std::launch::async, [serve = std::move(serve)]() -> std::string {
            try {
                serve();
                return "finished";
            } catch (const ProtocolFault& e) {
                return std::string("ProtocolFault: ") + e.what();
            } catch (const Refused& e) {
                return std::string("Refused: ") + e.what();
            } catch (const WorkerGone& e) {
                return std::string("WorkerGone: ") + e.what();
            } catch (const Interrupted& e) {
                return std::string("Interrupted: ") + e.what();
            } catch (const HostFault& e) {
                return std::string("HostFault: ") + e.what();
            }
        });
    }

    static Interval interval(uint64_t number, uint64_t endPs, std::vector<Record> records) {
        Interval result;
        result.number = number;
        result.endPs = result.limitPs = endPs;
        result.vcpus = {{1'000'000'000, false, false, 0}};
        if (!records.empty()) {
            result.blocks.push_back(
                {0, static_cast<uint32_t>(records.size()), records.front().position, 0});
            encodeRecords(records, records.front().position, result.payload);
        }
        return result;
    }

    static Interval oneLoad(uint64_t number = 1) {
        return interval(number, number * 1'000'000,
                        {{(number - 1) * 1000 + 10, 64, 4, MemoryKind::Load, true}});
    }

    // What the peer says when the worker sends something, and ends.
    v1::Bye byeAfter(const std::function<void()>& send) {
        std::future<std::string> peer = startModel();
        worker_.welcome(welcome_);
        send();
        const v1::Envelope message = worker_.receive();
        EXPECT_TRUE(message.has_bye());
        end_ = peer.get();
        return message.bye();
    }

    static bool has(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    ScriptedWorker worker_{GetParam()};
    PeerOptions options_;
    Welcome welcome_;
    TestModel model_;
    std::string end_;
};

INSTANTIATE_TEST_SUITE_P(Wire, PeerTest, ::testing::Bool(), [](const auto& param) {
    return std::string(param.param ? "Ring" : "Socket");
});

}  // namespace

TEST_P(PeerTest, ASession_FromHelloToBye) {
    std::future<std::string> peer = startModel();
    const v1::Hello hello = worker_.welcome(welcome_);
    EXPECT_EQ(hello.version(), 1U);
    EXPECT_EQ(hello.peer(), "mem");
    EXPECT_EQ(hello.ticks_per_second(), 1'000'000'000'000U);
    EXPECT_EQ(hello.issue_sets(0), "inorder");
    EXPECT_EQ(hello.issue_sets(1), "interval");
    EXPECT_EQ(hello.features(0), "statistics");
    EXPECT_EQ(hello.features(1), "ring");
    EXPECT_EQ(hello.features(2), "pipelined");
    EXPECT_EQ(hello.features(3), "branches");
    EXPECT_EQ(hello.min_latency_ps(), kMinLatencyPs);

    worker_.send(oneLoad());
    const IntervalDone done = worker_.receiveDone(welcome_);
    EXPECT_EQ(done.number, 1U);
    EXPECT_EQ(done.reachedPs, 1'000'000U);
    EXPECT_EQ(done.vcpus[0].issued, 1U);
    EXPECT_EQ(done.vcpus[0].answered, 1U);
    EXPECT_EQ(done.vcpus[0].latencySumPs, kMinLatencyPs);
    EXPECT_EQ(done.vcpus[0].latencyMaxPs, kMinLatencyPs);
    EXPECT_EQ(done.vcpus[0].state.stallUnits, 80U);  // 4 + 80 cycles, of which 4 are the hit

    v1::Envelope statistics;
    statistics.mutable_statistics()->set_dump(true);
    statistics.mutable_statistics()->set_label("roi");
    worker_.send(statistics);
    EXPECT_TRUE(worker_.receive().has_statistics_done());

    worker_.sendBye(v1::Bye::DONE, "");
    const v1::Envelope bye = worker_.receive();
    EXPECT_EQ(bye.sequence(), 4U);
    EXPECT_EQ(bye.bye().code(), v1::Bye::DONE);
    EXPECT_EQ(peer.get(), "finished");
    EXPECT_EQ(model_.label, "roi");
}

TEST_P(PeerTest, SeveralIntervalsUnderWay_AreAnsweredInOrder) {
    welcome_.intervalsUnderWay = 3;
    model_.hold = true;
    std::future<std::string> peer = startModel();
    worker_.welcome(welcome_);
    for (uint64_t number = 1; number <= 3; number++) {
        worker_.send(oneLoad(number));
    }
    model_.hold = false;
    for (uint64_t number = 1; number <= 3; number++) {
        const IntervalDone done = worker_.receiveDone(welcome_);
        EXPECT_EQ(done.number, number);
        EXPECT_EQ(done.vcpus[0].answered, 1U);
    }
    worker_.sendBye(v1::Bye::DONE, "");
    EXPECT_TRUE(worker_.receive().has_bye());
    EXPECT_EQ(peer.get(), "finished");
}

TEST_P(PeerTest, MoreIntervalsUnderWayThanAnyJobNeeds_AreRefused) {
    welcome_.intervalsUnderWay = kIntervalsUnderWayMax + 1;
    std::future<std::string> peer = startModel();
    worker_.welcome(welcome_);
    EXPECT_TRUE(has(peer.get(), "intervals_under_way"));
}

TEST_P(PeerTest, EachDifference_IsRefusedByName) {
    const std::vector<std::pair<std::string, std::function<void(Welcome&)>>> cases{
        {"version: the job has 2, the peer has 1", [](Welcome& w) { w.version = 2; }},
        {"issue set: the job has 'dataflow'", [](Welcome& w) { w.issueSet = "dataflow"; }},
        {"window_units: the job has 0", [](Welcome& w) { w.issueSet = "interval"; }},
        {"one has a window", [](Welcome& w) { w.vcpus[0].windowUnits = 1; }},
        {"load_queue_entries: the job has 0",
         [](Welcome& w) {
             w.issueSet = "interval";
             w.vcpus[0].windowUnits = 1;
         }},
        {"miss_registers: the job has 70000",
         [](Welcome& w) {
             w.issueSet = "interval";
             w.vcpus[0].windowUnits = 1;
             w.vcpus[0].loadQueueEntries = 1;
             w.vcpus[0].missRegisters = 70'000;
         }},
        {"vcpus: the job has 3, the peer has 2", [](Welcome& w) { w.vcpus.assign(3, w.vcpus[0]); }},
        {"vcpus: the job has 0", [](Welcome& w) { w.vcpus.clear(); }},
        {"line_size_bytes: the job has 128, the peer has 64",
         [](Welcome& w) { w.lineSizeBytes = 128; }},
        {"min_latency_ps: the job has 80001, the peer has 80000",
         [](Welcome& w) { w.minLatencyPs = 80'001; }},
        {"ring", [](Welcome& w) { w.ring = "x"; }},
        {"no frequency", [](Welcome& w) { w.vcpus[0].frequencyHz = 0; }},
        {"store_buffer_entries: the job has 0",
         [](Welcome& w) { w.vcpus[0].storeBufferEntries = 0; }},
        {"store_buffer_entries: the job has 4000000000",
         [](Welcome& w) { w.vcpus[0].storeBufferEntries = 4'000'000'000; }}};
    for (const auto& [text, change] : cases) {
        ScriptedWorker worker{GetParam()};
        options_.endpoint = worker.endpoint();
        Welcome welcome = welcome_;
        change(welcome);
        std::future<std::string> peer = startModel();
        worker.welcome(welcome);
        const v1::Envelope message = worker.receive();
        EXPECT_EQ(message.bye().code(), v1::Bye::REFUSED) << text;
        EXPECT_TRUE(has(message.bye().text(), text)) << message.bye().text();
        EXPECT_EQ(peer.get(), "Refused: " + message.bye().text());
    }
}

TEST_P(PeerTest, AWorkerThatRefuses_EndsIt) {
    std::future<std::string> peer = startModel();
    EXPECT_TRUE(worker_.receive().has_hello());
    worker_.sendBye(v1::Bye::REFUSED, "vcpus: the job has 4, the peer has 2");
    EXPECT_EQ(peer.get(), "Refused: the worker refused: vcpus: the job has 4, the peer has 2");
}

TEST_P(PeerTest, AGapInTheSequence_IsAFault) {
    const v1::Bye bye = byeAfter([this] {
        worker_.skipSequence();
        worker_.send(oneLoad());
    });
    EXPECT_EQ(bye.code(), v1::Bye::PROTOCOL_FAULT);
    EXPECT_TRUE(has(bye.text(), "message 3 where 2 was due")) << bye.text();
    EXPECT_TRUE(has(end_, "ProtocolFault"));
}

TEST_P(PeerTest, MessagesThatAreNone_AreFaults) {
    const std::vector<std::vector<std::string>> messages{
        {"\xff\xff\xff"},
        {""},
        {std::string(2'000'000, 'x')},
        {"a", "b", "c"},
    };
    for (const std::vector<std::string>& frames : messages) {
        ScriptedWorker worker{GetParam()};
        options_.endpoint = worker.endpoint();
        std::future<std::string> peer = startModel();
        worker.welcome(welcome_);
        worker.sendFrames(frames);
        EXPECT_EQ(worker.receive().bye().code(), v1::Bye::PROTOCOL_FAULT);
        EXPECT_TRUE(has(peer.get(), "ProtocolFault"));
    }
}

TEST_P(PeerTest, MessagesThatTheStateHasNoArrowFor_AreFaults) {
    EXPECT_EQ(byeAfter([this] { worker_.send(welcome_); }).code(), v1::Bye::PROTOCOL_FAULT);
    EXPECT_TRUE(has(end_, "a second Welcome"));
}

TEST_P(PeerTest, AnAccessThatWasNotOffered_IsAFault) {
    Interval access = interval(1, 1000, {});
    access.accesses.push_back({1, 0, 1000, 0x4000, 8, false, {}, false});
    const v1::Bye bye = byeAfter([&] { worker_.send(access); });
    EXPECT_EQ(bye.code(), v1::Bye::PROTOCOL_FAULT);
    EXPECT_EQ(bye.text(), "access 1: it lies in no window");
}

TEST_P(PeerTest, AWindowThatThePeerDoesNotOffer_IsRefused) {
    welcome_.windows = {{"dev", 0x4000, 0x1000, false}};
    std::future<std::string> peer = startModel();
    const v1::Hello hello = worker_.welcome(welcome_);
    EXPECT_EQ(std::count(hello.features().begin(), hello.features().end(), "access"), 0);
    EXPECT_EQ(worker_.receive().bye().code(), v1::Bye::REFUSED);
    EXPECT_EQ(peer.get(), "Refused: windows: the job has 1, the peer has 0");
}

TEST_P(PeerTest, AccessesAreCompleted_WithTheirDataAndTime) {
    welcome_.windows = {{"dev", 0x4000, 0x1000, false}, {"far", 0x8000, 0x1000, true}};
    options_.windows = true;
    std::future<std::string> peer = start([this] {
        peer::FlatMemory memory({kMinLatencyPs, 800'000'000'000'000, 64, 64});
        peer::ScratchDevice device(memory, 5000);
        peer::FlatEventHost host(memory, device, [](const StatisticsRequest&) {});
        EventPeer events(host, options_);
        device.setWindows(events.welcome().windows);
        host.run(events);
        events.finish();
    });
    EXPECT_EQ(worker_.welcome(welcome_).features(4), "access");
    const std::vector<uint8_t> stored{1, 2, 3, 4, 5, 6, 7, 8};
    const std::vector<Access> accesses{{1, 0, 1000, 0x4008, 8, true, stored, false},
                                       {2, 0, 9000, 0x4018, 8, false, {}, false},
                                       {3, 0, 20000, 0x8000, 32, true, {}, true}};
    const std::vector<Completion> expected{
        {1, 6000, {}}, {2, 14000, stored}, {3, 20000 + kMinLatencyPs, {}}};
    for (size_t i = 0; i < accesses.size(); i++) {
        Interval one = interval(i + 1, accesses[i].atPs, {});
        one.limitPs = UINT64_MAX;
        one.accesses = {accesses[i]};
        worker_.send(one);
        const IntervalDone done = worker_.receiveDone(welcome_);
        ASSERT_EQ(done.completions.size(), 1U);
        EXPECT_EQ(done.completions[0].id, expected[i].id);
        EXPECT_EQ(done.completions[0].atPs, expected[i].atPs);
        EXPECT_EQ(done.completions[0].data, expected[i].data);
        EXPECT_EQ(done.reachedPs, expected[i].atPs);
    }
    worker_.sendBye(v1::Bye::DONE, "");
    EXPECT_EQ(worker_.receive().bye().code(), v1::Bye::DONE);
    EXPECT_EQ(peer.get(), "finished");
}

TEST_P(PeerTest, AnIntervalThatCantBe_IsAFaultWithItsReason) {
    const v1::Bye bye = byeAfter([this] { worker_.send(oneLoad(7)); });
    EXPECT_EQ(bye.code(), v1::Bye::PROTOCOL_FAULT);
    EXPECT_EQ(bye.text(), "interval 7: 1 was due");
}

TEST_P(PeerTest, AModelThatIsTooFast_FailsWithTheValue) {
    model_.latencyPs = 79'999;
    const v1::Bye bye = byeAfter([this] { worker_.send(oneLoad()); });
    EXPECT_EQ(bye.code(), v1::Bye::FAILED);
    EXPECT_TRUE(has(bye.text(), "79999 ps is below min_latency_ps, 80000 ps")) << bye.text();
}

TEST_P(PeerTest, AnInterrupt_EndsTheWait) {
    const v1::Bye bye = byeAfter([this] { model_.interrupt = true; });
    EXPECT_EQ(bye.code(), v1::Bye::INTERRUPTED);
    EXPECT_TRUE(has(end_, "Interrupted"));
}

TEST_P(PeerTest, AMessageThatIsTooLargeForTheRing_ComesInItsPlace) {
    std::future<std::string> peer = startModel();
    worker_.welcome(welcome_);
    std::vector<Record> records;
    for (uint64_t i = 0; i < 1000; i++) {
        records.push_back({10 + i / 2, 64 * i, 4, MemoryKind::Load, false});
    }
    worker_.send(interval(1, 1'000'000, records));
    EXPECT_EQ(worker_.receiveDone(welcome_).vcpus[0].issued, 1000U);
    worker_.send(oneLoad(2));
    EXPECT_EQ(worker_.receiveDone(welcome_).vcpus[0].issued, 1U);
    worker_.sendBye(v1::Bye::DONE, "");
    EXPECT_EQ(worker_.receive().sequence(), 4U);
    EXPECT_EQ(peer.get(), "finished");
}

TEST_P(PeerTest, AWorkerThatDiesAsleep_EndsTheWait) {
    std::future<std::string> peer = startModel();
    worker_.welcome(welcome_);
    // No message comes, and it has long given up looking.
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_EQ(peer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
    worker_.close();
    EXPECT_EQ(peer.get(), "WorkerGone: the worker closed the connection");
}

TEST_P(PeerTest, AWorkerThatDies_EndsTheWait) {
    std::future<std::string> peer = startModel();
    worker_.welcome(welcome_);
    worker_.send(oneLoad());
    (void)worker_.receiveDone(welcome_);
    worker_.close();
    EXPECT_TRUE(has(peer.get(), "WorkerGone"));
}

TEST_P(PeerTest, NoWorker_EndsTheDial) {
    options_.endpoint += "-nobody";
    options_.welcomeTimeoutMs = 50;
    EXPECT_EQ(startModel().get(), "WorkerGone: no word from the worker for 50 ms");
    options_.endpoint = "carrier-pigeon://x";
    EXPECT_TRUE(has(startModel().get(), "can't dial"));
}

TEST_P(PeerTest, HeartbeatsCome_WhileTheModelIsBusy_AndProgressStands) {
    welcome_.heartbeatMs = 2;
    model_.hold = true;
    std::future<std::string> peer = startModel();
    worker_.welcome(welcome_);
    worker_.send(oneLoad());
    for (int i = 0; i < 20; i++) {
        worker_.awaitHeartbeat();
    }
    const uint64_t standing = worker_.heartbeats().back().progress();
    worker_.awaitHeartbeat();
    EXPECT_EQ(worker_.heartbeats().back().progress(), standing);
    EXPECT_EQ(worker_.heartbeats().back().peer(), "mem");
    model_.hold = false;
    (void)worker_.receiveDone(welcome_);
    while (worker_.heartbeats().back().progress() <= standing) {
        worker_.awaitHeartbeat();
    }
    worker_.sendBye(v1::Bye::DONE, "");
    (void)worker_.receive();
    EXPECT_EQ(peer.get(), "finished");
}

namespace {

// A host that never answers: its time stands.
class StuckHost : public EventHost {
  public:
    [[nodiscard]] uint64_t nowPs() const override { return 0; }
    void wakeAt(uint64_t) override {}
    [[nodiscard]] bool send(const Request&) override { return true; }
};

}  // namespace

TEST_P(PeerTest, AWorkerThatDies_EndsASimulationThatIsUnderWay) {
    welcome_.heartbeatMs = 2;
    std::future<std::string> peer = start([this] {
        StuckHost host;
        EventPeer events(host, options_);
        events.start();
        events.pause("a debugger");
        events.resume();
        while (true) {
            events.onWake();
        }
    });
    worker_.welcome(welcome_);
    worker_.send(oneLoad());
    EXPECT_EQ(worker_.receive().pause().reason(), "a debugger");
    EXPECT_TRUE(worker_.receive().has_resume());
    worker_.awaitHeartbeat();
    worker_.close();
    EXPECT_TRUE(has(peer.get(), "WorkerGone"));
}

namespace {

// A host with a single wake, which it moves, and which sends nothing from within an answer: as a
// simulator must whose memory may not be called back from its own call.
class OneWakeHost : public EventHost {
  public:
    void run(EventPeer& peer) {
        peer.start();
        while (!peer.isFinished()) {
            const bool isAnswer = !answers_.empty() && answers_.begin()->first < wakePs_;
            nowPs_ = isAnswer ? answers_.begin()->first : wakePs_;
            if (isAnswer) {
                const uint64_t ticket = answers_.begin()->second;
                answers_.erase(answers_.begin());
                isAnswering_ = true;
                peer.onAnswer(ticket);
                isAnswering_ = false;
                continue;
            }
            wakePs_ = UINT64_MAX;
            for (const uint32_t vcpu : std::exchange(deferred_, {})) {
                peer.onRoom(vcpu);
            }
            peer.onWake();
        }
    }

    [[nodiscard]] uint64_t nowPs() const override { return nowPs_; }
    void wakeAt(uint64_t timePs) override { wakePs_ = std::min(wakePs_, timePs); }

    [[nodiscard]] bool send(const Request& request) override {
        if (isAnswering_) {
            deferred_.insert(request.vcpu);
            wakeAt(nowPs_);
            return false;
        }
        answers_.emplace(nowPs_ + kMinLatencyPs, request.ticket);
        return true;
    }

  private:
    uint64_t nowPs_ = 0;
    uint64_t wakePs_ = UINT64_MAX;
    bool isAnswering_ = false;
    std::set<uint32_t> deferred_;
    std::multimap<uint64_t, uint64_t> answers_;
};

}  // namespace

TEST_P(PeerTest, AHostThatMovesItsOnlyWake_IsNeverLateForTheEndOfAnInterval) {
    const Scenario scenario = randomScenario(11, 3, 200, 60, constantLatency);
    ScenarioWorker truth(scenario, 11);
    welcome_ = truth.welcome();
    options_.vcpus = 3;
    std::future<std::string> peer = start([this] {
        OneWakeHost host;
        EventPeer events(host, options_);
        host.run(events);
        events.finish();
    });
    worker_.welcome(welcome_);
    Observed observed;
    uint64_t reached = 0;
    while (!truth.isOver()) {
        const Interval interval = truth.nextInterval();
        worker_.send(interval);
        const IntervalDone done = worker_.receiveDone(welcome_);
        reached = std::max(reached, interval.limitPs);
        EXPECT_LE(done.reachedPs, reached);
        truth.take(done, observed);
    }
    worker_.sendBye(v1::Bye::DONE, "");
    (void)worker_.receive();
    EXPECT_EQ(peer.get(), "finished");
    EXPECT_EQ(observed.lagPs, 0U);
    for (size_t i = 0; i < 3; i++) {
        EXPECT_EQ(observed.stallUnits[i], scenario.expected[i].stallUnits);
    }
}

TEST_P(PeerTest, AnEventDrivenHost_WritesStatisticsAndEndsAtTheTimeOfTheMessage) {
    std::vector<uint64_t> times;
    uint64_t endPs = 0;
    std::future<std::string> peer = start([&] {
        peer::FlatMemory memory({kMinLatencyPs, 800'000'000'000'000, 64, 64});
        std::function<void()> note;
        peer::ScratchDevice device(memory, 0);
        peer::FlatEventHost host(memory, device, [&note](const StatisticsRequest&) { note(); });
        note = [&] { times.push_back(host.nowPs()); };
        EventPeer events(host, options_);
        host.run(events);
        endPs = host.nowPs();
        events.finish();
    });
    worker_.welcome(welcome_);
    worker_.send(oneLoad());
    const uint64_t reachedPs = worker_.receiveDone(welcome_).reachedPs;

    // Later than all that it has to do; then a time that has passed.
    for (const uint64_t timePs : {uint64_t{3'500'000'000}, uint64_t{2'000'000'000}}) {
        v1::Envelope statistics;
        statistics.mutable_statistics()->set_dump(true);
        statistics.mutable_statistics()->set_time_ps(timePs);
        worker_.send(statistics);
        EXPECT_TRUE(worker_.receive().has_statistics_done());
    }
    v1::Envelope bye;
    bye.mutable_bye()->set_code(v1::Bye::DONE);
    bye.mutable_bye()->set_time_ps(7'000'000'001);
    worker_.send(bye);
    EXPECT_EQ(worker_.receive().bye().code(), v1::Bye::DONE);
    EXPECT_EQ(peer.get(), "finished");
    EXPECT_LT(reachedPs, 3'500'000'000U);
    EXPECT_EQ(times, (std::vector<uint64_t>{3'500'000'000, 3'500'000'000}));
    EXPECT_EQ(endPs, 7'000'000'001U);
}

class OverTheWire : public PeerTest {
  protected:
    void eventDriven(const Scenario& scenario);
};

void OverTheWire::eventDriven(const Scenario& scenario) {
    ScenarioWorker truth(scenario, 5);
    welcome_ = truth.welcome();
    std::future<std::string> peer = start([this] {
        // So much bandwidth that nothing ever waits.
        peer::FlatMemory memory({kMinLatencyPs, 800'000'000'000'000, 64, 64});
        peer::ScratchDevice device(memory, 0);
        peer::FlatEventHost host(memory, device, [](const StatisticsRequest&) {});
        EventPeer events(host, options_);
        host.run(events);
        events.finish();
    });
    worker_.welcome(welcome_);
    Observed observed;
    uint64_t reached = 0;
    while (!truth.isOver()) {
        const Interval interval = truth.nextInterval();
        worker_.send(interval);
        const IntervalDone done = worker_.receiveDone(welcome_);
        EXPECT_EQ(done.number, interval.number);
        EXPECT_GE(done.reachedPs, std::max(reached, interval.endPs));
        reached = done.reachedPs;
        truth.take(done, observed);
    }
    worker_.sendBye(v1::Bye::DONE, "");
    EXPECT_EQ(worker_.receive().bye().code(), v1::Bye::DONE);
    EXPECT_EQ(peer.get(), "finished");
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQ(observed.stallUnits[i], scenario.expected[i].stallUnits);
        EXPECT_EQ(observed.answered[i], scenario.expected[i].requests.size());
    }
}

TEST_P(OverTheWire, AnEventDrivenHost_GivesTheOraclesStall) {
    eventDriven(randomScenario(5, 2, 200, 12, constantLatency));
}

TEST_P(OverTheWire, AnEventDrivenHost_GivesTheOraclesStallOfOutOfOrderCores) {
    eventDriven(randomScenario(5, 2, 200, 12, constantLatency, IssueSet::Interval));
}

INSTANTIATE_TEST_SUITE_P(Wire, OverTheWire, ::testing::Bool(), [](const auto& param) {
    return std::string(param.param ? "Ring" : "Socket");
});

}  // namespace dilaton::cosim::test
