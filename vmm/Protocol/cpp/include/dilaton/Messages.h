#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dilaton/IssueEngine.h"
#include "dilaton/LatencyBins.h"
#include "dilaton/MemoryKind.h"

// The messages of docs/protocol.md as plain structures; vmm/Protocol/cosim.proto says what each
// field is.
namespace dilaton::cosim {

constexpr uint32_t kProtocolVersion = 1;
constexpr uint64_t kTicksPerSecond = 1'000'000'000'000;

// Limits of docs/protocol.md 1.4, and our own on what a job may ask for.
constexpr size_t kHeaderBytesMax = size_t{1} << 20;
constexpr size_t kPayloadBytesMax = size_t{256} << 20;
constexpr uint32_t kVcpusMax = 1024;
constexpr uint32_t kStoreBufferEntriesMax = 65536;
constexpr uint32_t kLoadQueueEntriesMax = 65536;
constexpr uint32_t kMissRegistersMax = 65536;
constexpr uint64_t kWindowUnitsMax = UINT32_MAX;  // what lies further back is in no window
constexpr uint32_t kPortsMax = 65536;
constexpr uint32_t kFrameBytesMax = 65536;
constexpr uint32_t kWindowsMax = 64;
constexpr uint32_t kAccessBytesMax = 64;
constexpr uint32_t kIntervalsUnderWayMax = 64;

struct Hello {
    std::string peer;
    std::string software;
    std::string softwareVersion;
    uint32_t lineSizeBytes = 0;
    uint32_t vcpus = 0;
    uint64_t minLatencyPs = 0;
    uint64_t processId = 0;
    std::vector<std::string> features;
    uint32_t ports = 0;
    uint64_t lookaheadPs = 0;  // above 0: a network
};

struct VcpuInfo {
    uint64_t frequencyHz = 0;
    uint64_t unitsPerCycle = 0;
    uint32_t loadHitCycles = 0;
    uint32_t storeBufferEntries = 0;
    // With the issue set `interval`; a window of 0: the set is `inorder`.
    uint64_t windowUnits = 0;
    uint32_t loadQueueEntries = 0;
    uint32_t missRegisters = 0;

    [[nodiscard]] bool isOutOfOrder() const { return windowUnits > 0; }
    [[nodiscard]] IssueParameters issue() const {
        return {loadHitCycles, storeBufferEntries, unitsPerCycle,
                windowUnits,   loadQueueEntries,   missRegisters};
    }
};

struct MemoryRange {
    uint64_t begin = 0;
    uint64_t sizeBytes = 0;
};

struct Window {
    std::string name;
    uint64_t begin = 0;
    uint64_t sizeBytes = 0;
    bool timedOnly = false;
};

struct Welcome {
    uint32_t version = 0;
    std::string session;
    std::string node;
    uint32_t lineSizeBytes = 0;
    uint64_t minLatencyPs = 0;
    std::string issueSet;
    std::vector<VcpuInfo> vcpus;
    std::vector<MemoryRange> memory;
    uint32_t heartbeatMs = 0;
    std::string ring;
    uint32_t ports = 0;
    std::vector<Window> windows;
    uint32_t intervalsUnderWay = 1;  // that the worker may send before the first one's answer
};

struct VcpuInput {
    uint64_t floorUnits = 0;
    bool idle = false;
    bool hasState = false;
    uint64_t stateOffset = 0;
};

struct RecordBlock {
    uint32_t vcpu = 0;
    uint32_t count = 0;
    uint64_t baseUnits = 0;
    uint64_t offset = 0;
    uint64_t baseProgram = 0;  // with the issue set `interval`
};

// An access to a window.
struct Access {
    uint64_t id = 0;
    uint32_t vcpu = 0;
    uint64_t atPs = 0;
    uint64_t address = 0;  // guest-physical
    uint32_t sizeBytes = 0;
    bool store = false;
    std::vector<uint8_t> data;
    bool timedOnly = false;  // its window is: no data travels
};

struct Completion {
    uint64_t id = 0;
    uint64_t atPs = 0;
    std::vector<uint8_t> data;
};

struct Interval {
    uint64_t number = 0;
    uint64_t endPs = 0;
    uint64_t limitPs = 0;
    std::vector<VcpuInput> vcpus;
    std::vector<RecordBlock> blocks;
    std::vector<Access> accesses;
    std::vector<uint8_t> payload;
};

// The answer to a request, with the issue set `interval`; docs/protocol.md 3.6.
struct Answer {
    uint64_t record = 0;  // how many records of its vCPU had been sent before its own
    uint64_t latencyPs = 0;
};

// A request that has issued and is not answered; docs/protocol.md 3.4.
struct OpenRequest {
    IssueTicket ticket;
    uint64_t atPs = 0;
    uint32_t cycles = 0;
};

struct VcpuOutput {
    uint64_t issued = 0;
    IssueState state;
    std::vector<OpenRequest> open;
    std::vector<uint64_t> drops;
    uint64_t answered = 0;
    uint64_t latencySumPs = 0;
    uint64_t latencyMaxPs = 0;
    uint64_t overloadLagPs = 0;
    LatencyBins latencyBins;
    uint64_t latencyMinPs = 0;
    std::vector<Answer> answers{};  // with `interval` all, in their order; `open` is empty then
};

struct IntervalDone {
    uint64_t number = 0;
    uint64_t reachedPs = 0;
    std::vector<VcpuOutput> vcpus;
    std::vector<Completion> completions;
};

struct StatisticsRequest {
    bool dump = false;
    bool reset = false;
    std::string label;
    uint64_t timePs = 0;
};

enum class ByeCode : uint8_t {
    Done = 0,
    Refused = 1,
    ProtocolFault = 2,
    Failed = 3,
    Interrupted = 4
};

struct Bye {
    ByeCode code = ByeCode::Done;
    std::string text;
    uint64_t timePs = 0;
};

// An Ethernet frame: destination, source, type and payload.
struct Frame {
    uint64_t timePs = 0;  // of its departure, or its arrival
    uint32_t port = 0;
    std::vector<uint8_t> bytes;
};

// What departs into a network, and how far it may go.
struct FramesRequest {
    uint64_t number = 0;
    uint64_t horizonPs = 0;
    std::vector<Frame> departures;
};

struct FramesDone {
    uint64_t number = 0;
    uint64_t reachedPs = 0;
    uint64_t earliestPs = 0;
    std::vector<Frame> arrivals;
};

// What the worker, or a network's coordinator, sends.
struct FromWorker {
    enum class Type : uint8_t { Welcome, Interval, Statistics, Bye, Frames };

    Type type = Type::Bye;
    Welcome welcome;
    Interval interval;
    StatisticsRequest statistics;
    Bye bye;
    FramesRequest frames;
};

// A request that passes the cut.
struct Request {
    uint64_t ticket = 0;
    uint32_t vcpu = 0;
    uint64_t atPs = 0;
    uint64_t line = 0;  // guest-physical address
    MemoryKind kind = MemoryKind::Load;
};

}  // namespace dilaton::cosim
