#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "dilaton/Messages.h"
#include "dilaton/RecordColumns.h"

namespace dilaton::cosim::test {

// What docs/time.md and docs/protocol.md say about one vCPU, written down once more as plainly as
// can be: record after record, with every answer known at once.
struct OracleRequest {
    uint64_t atPs;
    uint64_t line;
    MemoryKind kind;
};

struct OracleResult {
    std::vector<OracleRequest> requests;  // in order of issue
    std::vector<uint64_t> readyPs;        // of each record: before which it is not made
    uint64_t stallUnits = 0;
    uint64_t latencySumPs = 0;
    std::map<uint32_t, uint64_t> latencyBins;
};

// Latency of a request, of nothing but the request: the same wherever and whenever it is asked.
using Latency = uint64_t (*)(const OracleRequest& request);

uint64_t constantLatency(const OracleRequest& request);  // 80 ns
uint64_t mixedLatency(const OracleRequest& request);     // 80 ns and up to 1 us more

constexpr uint64_t kMinLatencyPs = 80'000;

// Of the set `interval` if the vCPU is out of order, else of `inorder`.
OracleResult runOracle(const VcpuInfo& vcpu, const std::vector<Record>& records, Latency latency);

VcpuInfo randomVcpu(std::mt19937_64& random);
VcpuInfo randomOutOfOrderVcpu(std::mt19937_64& random);
// Every access costs at least the L1 hit that its core knows of.
std::vector<Record> randomRecords(std::mt19937_64& random, const VcpuInfo& vcpu, size_t count);

}  // namespace dilaton::cosim::test
