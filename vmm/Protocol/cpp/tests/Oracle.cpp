#include "Oracle.h"

#include <algorithm>
#include <cmath>

namespace dilaton::cosim::test {

namespace {

using Wide = unsigned __int128;

constexpr Wide kSecond = 1'000'000'000'000;

uint64_t picoseconds(const VcpuInfo& vcpu, uint64_t units) {
    return static_cast<uint64_t>(Wide{units} * kSecond /
                                 (Wide{vcpu.frequencyHz} * vcpu.unitsPerCycle));
}

// docs/protocol.md, 4.5a, as it is written there.
uint32_t binOf(uint64_t latencyPs) {
    const uint32_t p = std::max(4U, static_cast<uint32_t>(std::ilogb(latencyPs)));
    return 16 * (p - 4) + static_cast<uint32_t>(latencyPs / (uint64_t{1} << (p - 4)));
}

}  // namespace

uint64_t constantLatency(const OracleRequest&) {
    return kMinLatencyPs;
}

uint64_t mixedLatency(const OracleRequest& request) {
    uint64_t mixed = (request.line + request.atPs * 31) * 0x9e3779b97f4a7c15U;
    return kMinLatencyPs + (mixed >> 32) % 1'000'000;
}

OracleResult runOracle(const VcpuInfo& vcpu, const std::vector<Record>& records, Latency latency) {
    OracleResult result;
    const uint64_t d = vcpu.unitsPerCycle;
    std::vector<uint64_t> done;  // of all stores, in order
    uint64_t stall = 0;
    uint64_t floorPs = 0;
    for (const Record& record : records) {
        uint64_t t = record.position + stall;
        result.readyPs.push_back(std::max(floorPs, picoseconds(vcpu, t)));
        if (record.kind == MemoryKind::Store && done.size() >= vcpu.storeBufferEntries) {
            const uint64_t oldest = done[done.size() - vcpu.storeBufferEntries];
            if (oldest > t) {
                stall += oldest - t;
                t = oldest;
            }
        }
        uint64_t cycles = record.cycles;
        uint64_t answerPs = 0;
        if (record.behindCut) {
            uint64_t at = picoseconds(vcpu, t + record.cycles * d);
            if (at < floorPs) {
                const uint64_t wait = floorPs - at;
                cycles +=
                    static_cast<uint64_t>((Wide{wait} * vcpu.frequencyHz + kSecond - 1) / kSecond);
                at = floorPs;
            }
            const OracleRequest request{at, record.line, record.kind};
            const uint64_t l = latency(request);
            result.requests.push_back(request);
            result.latencySumPs += l;
            result.latencyBins[binOf(l)]++;
            answerPs = at + l;
            cycles += static_cast<uint64_t>((Wide{l} * vcpu.frequencyHz + kSecond - 1) / kSecond);
        }
        switch (record.kind) {
            case MemoryKind::Store:
                done.push_back(t + cycles * d);
                break;
            case MemoryKind::Fetch:
                stall += cycles * d;
                floorPs = std::max(floorPs, answerPs);
                break;
            case MemoryKind::Load:
            case MemoryKind::Atomic:
            case MemoryKind::Modify:
                stall += cycles > vcpu.loadHitCycles ? (cycles - vcpu.loadHitCycles) * d : 0;
                floorPs = std::max(floorPs, answerPs);
                break;
            default:
                break;
        }
    }
    result.stallUnits = stall;
    return result;
}

VcpuInfo randomVcpu(std::mt19937_64& random) {
    static const uint64_t frequencies[] = {2'000'000'000, 3'333'333'333, 999'999'937, 1'000'000};
    return {frequencies[random() % 4], 1 + random() % 4, static_cast<uint32_t>(random() % 6),
            static_cast<uint32_t>(1 + random() % 8)};
}

std::vector<Record> randomRecords(std::mt19937_64& random, const VcpuInfo& vcpu, size_t count) {
    std::vector<Record> records;
    // Positions such that misses come about as often as memory answers.
    const uint64_t gapMax = 1 + vcpu.frequencyHz / 10'000'000 * vcpu.unitsPerCycle;
    const bool manyStores = random() % 2 == 0;
    uint64_t position = random() % 1000;
    for (size_t i = 0; i < count; i++) {
        position += random() % 3 == 0 ? 0 : random() % gapMax;
        const auto kind = manyStores && random() % 2 == 0
                              ? MemoryKind::Store
                              : static_cast<MemoryKind>(random() % kMemoryKindCount);
        records.push_back({position, (random() % 4096) * 64,
                           vcpu.loadHitCycles + static_cast<uint32_t>(random() % 40), kind,
                           random() % 4 != 0});
    }
    return records;
}

}  // namespace dilaton::cosim::test
