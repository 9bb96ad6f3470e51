#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "Wire.h"
#include "cosim.pb.h"
#include "dilaton/Errors.h"
#include "dilaton/FrameColumns.h"
#include "dilaton/IntervalReader.h"

// tests/vectors/wire, which C# writes; its README.md says how to read them.
namespace dilaton::cosim::test {

namespace {

const std::string kFolder = DILATON_VECTORS "/wire/";

std::string readFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Vector {
    explicit Vector(const std::string& name)
        : bytes(readFile(kFolder + name + ".bin")), text(readFile(kFolder + name + ".txt")) {
        uint64_t sizes[2] = {0, 0};
        std::memcpy(sizes, bytes.data(), sizeof sizes);
        header = bytes.substr(16, sizes[0]);
        const std::string rest = bytes.substr((16 + sizes[0] + 7) / 8 * 8, sizes[1]);
        payload.assign(rest.begin(), rest.end());
        std::istringstream first(text);
        std::string word;
        first >> word >> body >> word >> sequence;
    }

    [[nodiscard]] FromWorker decode() const {
        return wire::decode(header.data(), header.size(), payload, sequence);
    }

    std::string bytes;
    std::string text;
    std::string header;
    std::vector<uint8_t> payload;
    std::string body;
    uint64_t sequence = 0;
};

// That a vector belongs to.
Welcome sessionOf(const std::string& name) {
    const bool isCore = name.find("core") != std::string::npos;
    return Vector(isCore ? "welcome-core" : "welcome").decode().welcome;
}

Welcome session() {
    return sessionOf("");
}

std::string stateText(const IssueState& state) {
    std::ostringstream text;
    text << "state " << state.stallUnits << " " << state.nextEntry << " " << state.blocked
         << " done";
    for (uint64_t done : state.storeDone) {
        text << " " << done;
    }
    text << "\n";
    if (state.registerDone.empty()) {
        return text.str();
    }
    text << "registers " << state.nextRegister << " done";
    for (uint64_t done : state.registerDone) {
        text << " " << done;
    }
    text << "\n";
    for (const LoadInFlight& load : state.loads) {
        text << "load " << load.position << " " << load.program << " " << load.done << "\n";
    }
    return text.str();
}

std::string lineText(uint64_t line) {
    std::ostringstream text;
    text << "0x" << std::hex << line;
    return text.str();
}

std::string bytesText(const std::vector<uint8_t>& bytes) {
    std::ostringstream text;
    for (uint8_t byte : bytes) {
        text << " " << static_cast<int>(byte);
    }
    return text.str();
}

std::string namesText(const Record& record) {
    return " " + std::to_string(record.program) + " " +
           (record.producer == IssueMiss::kNone ? "-" : std::to_string(record.producer));
}

std::string intervalText(uint64_t sequence, const Interval& interval, const Welcome& welcome) {
    std::ostringstream text;
    const IntervalContents contents = readInterval(interval, interval.number, welcome);
    text << "message Interval sequence " << sequence << "\ninterval " << interval.number << " end "
         << interval.endPs << " limit " << interval.limitPs << "\n";
    for (size_t i = 0; i < interval.vcpus.size(); i++) {
        text << "vcpu " << i << " floor " << interval.vcpus[i].floorUnits << " idle "
             << interval.vcpus[i].idle << "\n";
        if (contents.states[i].has_value()) {
            text << stateText(*contents.states[i]);
        }
    }
    for (const RecordBlock& block : interval.blocks) {
        text << "block vcpu " << block.vcpu << " count " << block.count << " base "
             << block.baseUnits;
        const bool isCore = welcome.vcpus[block.vcpu].isOutOfOrder();
        text << (isCore ? " program " + std::to_string(block.baseProgram) : "") << "\n";
        std::vector<Record> records;
        decodeRecords(interval.payload, block, welcome.lineSizeBytes, records,
                      isCore ? IssueSet::Interval : IssueSet::Inorder);
        for (const Record& record : records) {
            text << "record " << record.position << " " << record.cycles << " "
                 << lineText(record.line) << " " << static_cast<int>(record.kind) << " "
                 << record.behindCut << (isCore ? namesText(record) : "") << "\n";
        }
    }
    for (const Access& access : interval.accesses) {
        text << "access " << access.id << " vcpu " << access.vcpu << " at " << access.atPs << " "
             << lineText(access.address) << " " << access.sizeBytes << " " << access.store
             << bytesText(access.data) << "\n";
    }
    return text.str();
}

IntervalDone doneOf(const Vector& vector, const Welcome& welcome) {
    v1::Envelope message;
    EXPECT_TRUE(message.ParseFromString(vector.header));
    const v1::IntervalDone& from = message.interval_done();
    IntervalDone done{from.number(), from.reached_ps(), {}, {}};
    for (const v1::VcpuOutput& vcpu : from.vcpus()) {
        const VcpuInfo& info = welcome.vcpus[done.vcpus.size()];
        done.vcpus.push_back(
            {vcpu.issued(),
             decodeState(vector.payload, vcpu.state_offset(), info),
             decodeOpen(vector.payload, vcpu.open_offset(), vcpu.open_count()),
             decodeLines(vector.payload, vcpu.drop_offset(), vcpu.drop_count()),
             vcpu.answered(),
             vcpu.latency_sum_ps(),
             vcpu.latency_max_ps(),
             vcpu.overload_lag_ps(),
             {},
             vcpu.latency_min_ps(),
             decodeAnswers(vector.payload, vcpu.answer_offset(), vcpu.answer_count())});
        for (int i = 0; i + 1 < vcpu.latency_bins_size(); i += 2) {
            done.vcpus.back().latencyBins.emplace_back(static_cast<uint32_t>(vcpu.latency_bins(i)),
                                                       vcpu.latency_bins(i + 1));
        }
    }
    for (const v1::Completion& completion : from.completions()) {
        done.completions.push_back({completion.id(),
                                    completion.at_ps(),
                                    {completion.data().begin(), completion.data().end()}});
    }
    return done;
}

std::string doneText(uint64_t sequence, const IntervalDone& done) {
    std::ostringstream text;
    text << "message IntervalDone sequence " << sequence << "\ninterval " << done.number
         << " reached " << done.reachedPs << "\n";
    for (size_t i = 0; i < done.vcpus.size(); i++) {
        const VcpuOutput& vcpu = done.vcpus[i];
        text << "vcpu " << i << " issued " << vcpu.issued << " answered " << vcpu.answered
             << " latency " << vcpu.latencySumPs << " " << vcpu.latencyMaxPs << " lag "
             << vcpu.overloadLagPs << "\n";
        for (const auto& [bin, count] : vcpu.latencyBins) {
            text << "bin " << bin << " " << count << " least " << vcpu.latencyMinPs << "\n";
        }
        text << stateText(vcpu.state);
        for (const OpenRequest& open : vcpu.open) {
            text << "open " << open.ticket.atUnits << " " << open.atPs << " " << open.cycles << " "
                 << open.ticket.entry << " " << static_cast<int>(open.ticket.kind) << "\n";
        }
        for (const Answer& answer : vcpu.answers) {
            text << "answer " << answer.record << " " << answer.latencyPs << "\n";
        }
        for (uint64_t line : vcpu.drops) {
            text << "drop " << lineText(line) << "\n";
        }
    }
    for (const Completion& completion : done.completions) {
        text << "completion " << completion.id << " at " << completion.atPs
             << bytesText(completion.data) << "\n";
    }
    return text.str();
}

std::string framesText(const std::vector<Frame>& frames) {
    static const char* digits = "0123456789abcdef";
    std::string text;
    for (const Frame& frame : frames) {
        text += "frame " + std::to_string(frame.timePs) + " " + std::to_string(frame.port) + " ";
        for (uint8_t byte : frame.bytes) {
            text += {digits[byte >> 4], digits[byte & 15]};
        }
        text += "\n";
    }
    return text;
}

FramesDone framesDoneOf(const Vector& vector) {
    v1::Envelope message;
    EXPECT_TRUE(message.ParseFromString(vector.header));
    const v1::FramesDone& from = message.frames_done();
    const v1::FrameBlock& block = from.arrivals();
    return {from.number(), from.reached_ps(), from.earliest_ps(),
            decodeFrames(vector.payload, block.offset(), block.count(), block.size_bytes())};
}

void expectBytes(const Vector& vector, const wire::Frames& frames) {
    EXPECT_EQ(frames.header, vector.header);
    EXPECT_EQ(frames.payload, vector.payload);
}

}  // namespace

TEST(WireVectors, WhatTheWorkerSends_ReadsAsItsTextSays) {
    const Welcome welcome = session();
    EXPECT_EQ(welcome.version, 1U);
    EXPECT_EQ(welcome.session, "first-light");
    EXPECT_EQ(welcome.node, "node0");
    EXPECT_EQ(welcome.minLatencyPs, 20'000U);
    ASSERT_EQ(welcome.vcpus.size(), 2U);
    EXPECT_EQ(welcome.vcpus[1].frequencyHz, 3'000'000'000U);
    ASSERT_EQ(welcome.memory.size(), 1U);
    EXPECT_EQ(welcome.memory[0].sizeBytes, 17'179'869'184U);
    EXPECT_EQ(welcome.heartbeatMs, 500U);
    for (const char* name : {"interval", "interval-empty", "interval-access", "interval-core"}) {
        const Vector vector(name);
        const FromWorker message = vector.decode();
        ASSERT_EQ(message.type, FromWorker::Type::Interval);
        EXPECT_EQ(intervalText(vector.sequence, message.interval, sessionOf(name)), vector.text)
            << name;
    }
    const Welcome wide = sessionOf("core");
    EXPECT_EQ(wide.issueSet, "interval");
    EXPECT_EQ(wide.vcpus[1].windowUnits, 224U);
    EXPECT_EQ(wide.vcpus[1].loadQueueEntries, 3U);
    EXPECT_EQ(wide.vcpus[1].missRegisters, 2U);
    const FromWorker statistics = Vector("statistics").decode();
    ASSERT_EQ(statistics.type, FromWorker::Type::Statistics);
    EXPECT_TRUE(statistics.statistics.dump && statistics.statistics.reset);
    EXPECT_EQ(statistics.statistics.label, "region \xc3\xa9");
    EXPECT_EQ(statistics.statistics.timePs, 20'000'000U);
    const FromWorker bye = Vector("bye").decode();
    ASSERT_EQ(bye.type, FromWorker::Type::Bye);
    EXPECT_EQ(bye.bye.code, ByeCode::Failed);
    EXPECT_EQ(bye.bye.text, "no room");
}

TEST(WireVectors, WhatAPeerSends_IsTheSameToTheByte) {
    for (const char* name : {"interval-done", "interval-done-empty", "interval-done-completion",
                             "interval-done-core"}) {
        const Vector vector(name);
        const IntervalDone done = doneOf(vector, sessionOf(name));
        EXPECT_EQ(doneText(vector.sequence, done), vector.text) << name;
        expectBytes(vector, wire::encode(vector.sequence, done));
    }
    const Hello hello{"memory", "dilaton-peer", "1.0", 64, 8, 20'000, 4321, {"statistics", "ring"}};
    expectBytes(Vector("hello"), wire::encode(1, hello));
    expectBytes(Vector("heartbeat"), wire::encodeHeartbeat("memory", 77, 19'999'999));
    expectBytes(Vector("pause"), wire::encodePause(5, "debugger"));
    const Vector resume("resume");
    expectBytes(resume, wire::encodeResume(resume.sequence));
    expectBytes(Vector("statistics-done"), wire::encodeStatisticsDone(4));
    expectBytes(Vector("bye"), wire::encode(8, Bye{ByeCode::Failed, "no room", UINT64_MAX}));
}

TEST(WireVectors, WhatACoordinatorSends_ReadsAsItsTextSays) {
    const Welcome welcome = Vector("welcome-network").decode().welcome;
    EXPECT_EQ(welcome.session, "rack");
    EXPECT_EQ(welcome.ports, 4U);
    for (const char* name : {"frames", "frames-empty"}) {
        const Vector vector(name);
        const FromWorker message = vector.decode();
        ASSERT_EQ(message.type, FromWorker::Type::Frames);
        checkFrames(message.frames, message.frames.number, 1'000, welcome.ports);
        EXPECT_EQ("message Frames sequence " + std::to_string(vector.sequence) + "\nframes " +
                      std::to_string(message.frames.number) + " horizon " +
                      std::to_string(message.frames.horizonPs) + "\n" +
                      framesText(message.frames.departures),
                  vector.text)
            << name;
    }
}

TEST(WireVectors, WhatANetworkSends_IsTheSameToTheByte) {
    for (const char* name : {"frames-done", "frames-done-empty"}) {
        const Vector vector(name);
        const FramesDone done = framesDoneOf(vector);
        EXPECT_EQ("message FramesDone sequence " + std::to_string(vector.sequence) + "\nframes " +
                      std::to_string(done.number) + " reached " + std::to_string(done.reachedPs) +
                      " earliest " + std::to_string(done.earliestPs) + "\n" +
                      framesText(done.arrivals),
                  vector.text)
            << name;
        expectBytes(vector, wire::encode(vector.sequence, done));
    }
    Hello hello{"fabric", "sst", "15.1", 0, 0, 0, 4321, {"statistics", "ring", "network"}};
    hello.ports = 8;
    hello.lookaheadPs = 600'000;
    expectBytes(Vector("hello-network"), wire::encode(1, hello));
}

TEST(WireVectors, DamagedFrames_AreRefused) {
    int refused = 0;
    for (const char* name :
         {"outside", "size", "unaligned", "horizon", "port", "order", "length"}) {
        const Vector vector(std::string("bad-frames-") + name);
        EXPECT_THROW(checkFrames(vector.decode().frames, 3, 1'000, 4), ProtocolFault)
            << vector.text;
        refused++;
    }
    EXPECT_EQ(refused, 7);
}

TEST(WireVectors, DamagedMessages_AreRefused) {
    int refused = 0;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
        const std::string name = entry.path().stem().string();
        if (name.rfind("bad-", 0) != 0 || entry.path().extension() != ".bin") {
            continue;
        }
        const Vector vector(name);
        if (vector.body != "Interval" && vector.body != "None") {
            continue;
        }
        EXPECT_THROW((void)readInterval(vector.decode().interval, 1, sessionOf(name)),
                     ProtocolFault)
            << vector.text;
        refused++;
    }
    EXPECT_GT(refused, 18);
}

}  // namespace dilaton::cosim::test
