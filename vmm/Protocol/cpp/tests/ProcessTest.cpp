#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>

#include "CoreDriver.h"
#include "FlatMemory.h"
#include "ScriptedWorker.h"
#include "TestSeed.h"
#include "dilaton/ModelTimer.h"

// dilaton-peer as a process of its own.
namespace dilaton::cosim::test {

namespace {

// A peer as a process; its first argument is the program.
class PeerProcess {
  public:
    PeerProcess(const std::string& endpoint, std::vector<std::string> arguments) {
        std::vector<std::string> environment{"DILATON_ENDPOINT=" + endpoint, "DILATON_PEER=mem",
                                             "PYTHONPATH=" DILATON_PYTHON_FOLDER,
                                             "PYTHONDONTWRITEBYTECODE=1"};
        for (const char* kept : {"ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
            if (const char* value = std::getenv(kept)) {
                environment.push_back(std::string(kept) + "=" + value);
            }
        }
        const std::string program = arguments.front();
        std::vector<char*> argv = pointers(arguments);
        std::vector<char*> envp = pointers(environment);
        EXPECT_EQ(posix_spawn(&pid_, program.c_str(), nullptr, nullptr, argv.data(), envp.data()),
                  0);
    }

    ~PeerProcess() {
        if (pid_ > 0) {
            kill(pid_, SIGKILL);
            (void)wait();
        }
    }

    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    // How it ended; see waitpid.
    int wait() {
        int status = 0;
        waitpid(pid_, &status, 0);
        pid_ = 0;
        return status;
    }

  private:
    static std::vector<char*> pointers(std::vector<std::string>& words) {
        std::vector<char*> result;
        for (std::string& word : words) {
            result.push_back(word.data());
        }
        result.push_back(nullptr);
        return result;
    }

    pid_t pid_ = 0;
};

std::vector<std::string> dilatonPeer(const std::vector<std::string>& more) {
    std::vector<std::string> words{DILATON_PEER_FILE, "--latency",  "80ns", "--bandwidth",
                                   "25.6GB/s",        "--channels", "2"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// The model of dilaton-peer, here.
class HereModel : public TimingModel {
  public:
    [[nodiscard]] uint64_t minLatencyPs() const override { return memory_.minLatencyPs(); }

    void latencies(const Request* requests, size_t count, uint64_t* latenciesPs) override {
        for (size_t i = 0; i < count; i++) {
            latenciesPs[i] = memory_.serve(requests[i].atPs, requests[i].line, requests[i].kind);
        }
    }

  private:
    peer::FlatMemory memory_{{80'000, 204'800'000'000, 2, 64}};
};

Welcome oneVcpu() {
    Welcome welcome;
    welcome.version = kProtocolVersion;
    welcome.lineSizeBytes = 64;
    welcome.minLatencyPs = kMinLatencyPs;
    welcome.issueSet = "inorder";
    welcome.vcpus = {{1'000'000'000, 1, 4, 2}};
    return welcome;
}

Interval oneLoad(uint64_t number) {
    Interval interval;
    interval.number = number;
    interval.endPs = interval.limitPs = number * 1'000'000;
    interval.vcpus = {{number * 1000, false, false, 0}};
    interval.blocks = {{0, 1, (number - 1) * 1000 + 10, 0}};
    encodeRecords({{(number - 1) * 1000 + 10, 64, 4, MemoryKind::Load, true}},
                  (number - 1) * 1000 + 10, interval.payload);
    return interval;
}

std::vector<IntervalDone> serveScenario(const Scenario& scenario, uint64_t seed,
                                        const std::vector<std::string>& command) {
    ScriptedWorker worker;
    ScenarioWorker truth(scenario, seed);
    PeerProcess process(worker.endpoint(), command);
    const Welcome welcome = truth.welcome();
    worker.welcome(welcome);
    std::vector<IntervalDone> result;
    while (!truth.isOver()) {
        worker.send(truth.nextInterval());
        result.push_back(worker.receiveDone(welcome));
    }
    worker.sendBye(v1::Bye::DONE, "");
    EXPECT_EQ(worker.receive().bye().code(), v1::Bye::DONE);
    EXPECT_EQ(process.wait(), 0);
    return result;
}

// A worker that has timed an interval, and sends the second, in which the fault is to happen.
class PeerFault : public ::testing::Test {
  protected:
    PeerProcess& start(const std::string& fault) {
        process_ = std::make_unique<PeerProcess>(worker_.endpoint(),
                                                 dilatonPeer({"--fault", fault + "=2"}));
        welcome_.heartbeatMs = 5;
        worker_.welcome(welcome_);
        worker_.send(oneLoad(1));
        EXPECT_EQ(worker_.receiveDone(welcome_).vcpus[0].state.stallUnits, 80U);
        worker_.send(oneLoad(2));
        return *process_;
    }

    ScriptedWorker worker_;
    Welcome welcome_ = oneVcpu();
    std::unique_ptr<PeerProcess> process_;
};

}  // namespace

TEST(PeerProcess, BothModes_GiveWhatTheModelGivesHere_ToThePicosecond) {
    for (uint64_t seed : seeds(3)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 1, 300, 15, constantLatency);
        ScenarioWorker truth(scenario, seed);
        IntervalCore core(truth.welcome());
        HereModel model;
        ModelTimer timer(core, model);
        Observed here;
        while (!truth.isOver()) {
            const Interval interval = truth.nextInterval();
            core.begin(interval);
            timer.run();
            truth.take(core.done(interval.endPs), here);
        }
        for (const std::vector<std::string>& mode :
             {std::vector<std::string>{}, {"--event-driven"}, {"--delay-host", "0ms:2ms"}}) {
            Observed there;
            for (const IntervalDone& done : serveScenario(scenario, seed, dilatonPeer(mode))) {
                truth.take(done, there);
            }
            EXPECT_EQ(there.stallUnits, here.stallUnits);
            EXPECT_EQ(there.answered, here.answered);
            EXPECT_EQ(there.latencySumPs, here.latencySumPs);
        }
    }
}

TEST(PeerProcess, WritesItsStatisticsWhenAskedAndAtTheEnd) {
    const std::string file = "/tmp/dilaton-test-statistics-" + std::to_string(getpid());
    ScriptedWorker worker;
    PeerProcess process(worker.endpoint(), dilatonPeer({"--stats", file}));
    const Welcome welcome = oneVcpu();
    worker.welcome(welcome);
    worker.send(oneLoad(1));
    (void)worker.receiveDone(welcome);
    v1::Envelope statistics;
    statistics.mutable_statistics()->set_dump(true);
    statistics.mutable_statistics()->set_reset(true);
    statistics.mutable_statistics()->set_label("roi");
    statistics.mutable_statistics()->set_time_ps(1'000'000);
    worker.send(statistics);
    EXPECT_TRUE(worker.receive().has_statistics_done());
    worker.sendBye(v1::Bye::DONE, "");
    (void)worker.receive();
    EXPECT_EQ(process.wait(), 0);
    std::ifstream stream(file);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    EXPECT_NE(text.find("label roi\ntimePs 1000000\nreads 1\n"), std::string::npos) << text;
    EXPECT_NE(text.find("label end\ntimePs 14000\nreads 0\n"), std::string::npos) << text;
    std::remove(file.c_str());
}

TEST_F(PeerFault, DieAt_DiesWithoutAWord) {
    const int status = start("die-at").wait();
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST_F(PeerFault, HangAt_KeepsItsHeartbeatsAndItsProgressStands) {
    start("hang-at");
    for (int i = 0; i < 10; i++) {
        worker_.awaitHeartbeat();
    }
    const uint64_t progress = worker_.heartbeats().back().progress();
    for (int i = 0; i < 10; i++) {
        worker_.awaitHeartbeat();
    }
    EXPECT_EQ(worker_.heartbeats().back().progress(), progress);
}

TEST_F(PeerFault, TwiceAt_AnswersTwice) {
    start("twice-at");
    EXPECT_EQ(worker_.receiveDone(welcome_).number, 2U);
    EXPECT_EQ(worker_.receiveDone(welcome_).number, 2U);
}

TEST_F(PeerFault, OutOfOrderAt_AnswersALaterInterval) {
    start("out-of-order-at");
    EXPECT_EQ(worker_.receiveDone(welcome_).number, 3U);
}

TEST_F(PeerFault, GarbageAt_SendsWhatIsNoMessage) {
    start("garbage-at");
    EXPECT_THROW((void)worker_.receive(), std::runtime_error);
}

TEST_F(PeerFault, FloodAt_NeverStops) {
    start("flood-at");
    for (int i = 0; i < 5000; i++) {
        ASSERT_EQ(worker_.receiveDone(welcome_).number, 2U);
    }
}

TEST_F(PeerFault, EarlyAt_TakesStallBack) {
    start("early-at");
    EXPECT_EQ(worker_.receiveDone(welcome_).vcpus[0].state.stallUnits, 0U);
}

TEST(PeerProcess, RefusesWhatItCantMeet) {
    ScriptedWorker worker;
    PeerProcess process(worker.endpoint(), dilatonPeer({"--line", "128"}));
    worker.welcome(oneVcpu());
    EXPECT_EQ(worker.receive().bye().text(), "line_size_bytes: the job has 64, the peer has 128");
    EXPECT_EQ(WEXITSTATUS(process.wait()), 1);
}

TEST(PeerProcess, AWorkerThatDies_EndsIt) {
    ScriptedWorker worker;
    PeerProcess process(worker.endpoint(), dilatonPeer({}));
    worker.welcome(oneVcpu());
    worker.close();
    EXPECT_EQ(WEXITSTATUS(process.wait()), 1);
}

// docs/howto/write-a-peer.
TEST(ExamplePeer, Cpp_ServesAWholeRun) {
    const Scenario scenario = randomScenario(4, 2, 200, 10, constantLatency);
    Observed there;
    ScenarioWorker truth(scenario, 4);
    for (const IntervalDone& done : serveScenario(scenario, 4, {DILATON_EXAMPLE_FILE})) {
        truth.take(done, there);
    }
    for (size_t i = 0; i < 2; i++) {
        EXPECT_EQ(there.answered[i], scenario.expected[i].requests.size());
        EXPECT_EQ(there.issued[i], scenario.records[i].size());
    }
}

TEST(ExamplePeer, Python_GivesTheOraclesStall) {
    if (std::system("/usr/bin/python3 -c 'import zmq, google.protobuf' 2>/dev/null") != 0) {
        GTEST_SKIP() << "python3-zmq or python3-protobuf is missing";
    }
    for (uint64_t seed : seeds(2)) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const Scenario scenario = randomScenario(seed, 2, 200, 10, constantLatency);
        Observed there;
        ScenarioWorker truth(scenario, seed);
        for (const IntervalDone& done :
             serveScenario(scenario, seed, {"/usr/bin/python3", DILATON_EXAMPLE_SCRIPT})) {
            truth.take(done, there);
        }
        for (size_t i = 0; i < 2; i++) {
            EXPECT_EQ(there.stallUnits[i], scenario.expected[i].stallUnits);
            EXPECT_EQ(there.answered[i], scenario.expected[i].requests.size());
        }
    }
}

}  // namespace dilaton::cosim::test
