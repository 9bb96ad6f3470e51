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

uint64_t cyclesOf(const VcpuInfo& vcpu, uint64_t ps) {
    return static_cast<uint64_t>((Wide{ps} * vcpu.frequencyHz + kSecond - 1) / kSecond);
}

// docs/time.md section 5, `interval`, with every answer known at once.
class OutOfOrderOracle {
  public:
    OutOfOrderOracle(const VcpuInfo& vcpu, Latency latency) : vcpu_(vcpu), latency_(latency) {}

    OracleResult run(const std::vector<Record>& records) {
        for (const Record& record : records) {
            result_.readyPs.push_back(picoseconds(vcpu_, record.position + result_.stallUnits));
            add(record);
        }
        return result_;
    }

  private:
    struct Load {
        uint64_t position, name, done;
    };

    void until(uint64_t done, uint64_t position) {
        if (done > position) {
            result_.stallUnits = std::max(result_.stallUnits, done - position);
        }
    }

    void retireFirst(uint64_t position) {
        until(loads_.front().done, position);
        loads_.erase(loads_.begin());
    }

    void drainLoads(uint64_t position) {
        while (!loads_.empty()) {
            retireFirst(position);
        }
    }

    void add(const Record& record) {
        const uint64_t p = record.position;
        while (!loads_.empty() && loads_.front().position + vcpu_.windowUnits <= p) {
            retireFirst(loads_.front().position + vcpu_.windowUnits);
        }
        const bool isLoad = record.kind == MemoryKind::Load || record.kind == MemoryKind::Modify;
        const bool isStore = record.kind == MemoryKind::Store;
        if (isLoad && loads_.size() == vcpu_.loadQueueEntries) {
            retireFirst(p);
        }
        if (isStore && stores_.size() >= vcpu_.storeBufferEntries) {
            until(stores_[stores_.size() - vcpu_.storeBufferEntries], p);
        }
        if (record.kind == MemoryKind::Atomic || record.kind == kDrain) {
            drainLoads(p);
        }
        for (size_t i = 0; record.kind == MemoryKind::Atomic && i < stores_.size(); i++) {
            until(stores_[i], p);
        }
        for (size_t i = loads_.size(); record.kind == kMispredict && i > 0; i--) {
            if (loads_[i - 1].name == record.producer) {
                until(loads_[i - 1].done, p);
                break;
            }
        }
        uint64_t t = p + result_.stallUnits;
        for (size_t i = loads_.size(); isLoad && record.producer != IssueMiss::kNone && i > 0;
             i--) {
            if (loads_[i - 1].name == record.producer) {
                t = std::max(t, loads_[i - 1].done);
                break;
            }
        }
        const bool takesRegister = record.behindCut && (isLoad || isStore);
        if (takesRegister && misses_.size() >= vcpu_.missRegisters) {
            t = std::max(t, misses_[misses_.size() - vcpu_.missRegisters]);
        }
        const uint64_t latency = cycles(record, t) * vcpu_.unitsPerCycle;
        if (takesRegister) {
            misses_.push_back(t + latency);
        }
        if (isLoad) {
            loads_.push_back({p, record.program, t + latency});
        } else if (isStore) {
            stores_.push_back(t + latency);
        } else if (record.kind == MemoryKind::Fetch || record.kind == MemoryKind::Atomic ||
                   record.kind == kMispredict) {
            result_.stallUnits += latency;
        }
    }

    uint64_t cycles(const Record& record, uint64_t t) {
        if (!record.behindCut) {
            return record.cycles;
        }
        const uint64_t at = picoseconds(vcpu_, t + record.cycles * vcpu_.unitsPerCycle);
        const OracleRequest request{at, record.line, record.kind};
        const uint64_t l = latency_(request);
        result_.requests.push_back(request);
        result_.latencySumPs += l;
        result_.latencyBins[binOf(l)]++;
        return record.cycles + cyclesOf(vcpu_, l);
    }

    VcpuInfo vcpu_;
    Latency latency_;
    OracleResult result_;
    std::vector<Load> loads_;
    std::vector<uint64_t> stores_;  // when each was done, of all
    std::vector<uint64_t> misses_;  // likewise, of those that took a register
};

}  // namespace

uint64_t constantLatency(const OracleRequest&) {
    return kMinLatencyPs;
}

uint64_t mixedLatency(const OracleRequest& request) {
    uint64_t mixed = (request.line + request.atPs * 31) * 0x9e3779b97f4a7c15U;
    return kMinLatencyPs + (mixed >> 32) % 1'000'000;
}

OracleResult runOracle(const VcpuInfo& vcpu, const std::vector<Record>& records, Latency latency) {
    if (vcpu.isOutOfOrder()) {
        return OutOfOrderOracle(vcpu, latency).run(records);
    }
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
        if (record.kind == kMispredict) {
            stall += cycles * d;
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

namespace {

// Names the last record, and says which load its address comes from; or makes a drain of it.
void name(std::mt19937_64& random, std::vector<Record>& records) {
    Record& record = records.back();
    const uint64_t before = records.size() > 1 ? records[records.size() - 2].program : 7;
    // Two records of one instruction have one name.
    record.program = before + random() % 5;
    const size_t back = 1 + random() % 6;
    if (random() % 2 == 0 && back < records.size() &&
        records[records.size() - 1 - back].program < record.program) {
        record.producer = records[records.size() - 1 - back].program;
    }
    if (random() % 12 == 0) {
        record.kind = kDrain;
        record.behindCut = false;
        record.cycles = 0;
        record.line = 0;
    }
}

}  // namespace

VcpuInfo randomVcpu(std::mt19937_64& random) {
    static const uint64_t frequencies[] = {2'000'000'000, 3'333'333'333, 999'999'937, 1'000'000};
    return {frequencies[random() % 4], 1 + random() % 4, static_cast<uint32_t>(random() % 6),
            static_cast<uint32_t>(1 + random() % 8)};
}

VcpuInfo randomOutOfOrderVcpu(std::mt19937_64& random) {
    VcpuInfo vcpu = randomVcpu(random);
    vcpu.windowUnits = 1 + random() % (random() % 2 == 0 ? 100 : 3'000);
    vcpu.loadQueueEntries = static_cast<uint32_t>(1 + random() % 20);
    vcpu.missRegisters = static_cast<uint32_t>(1 + random() % 8);
    return vcpu;
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
        if (random() % 12 == 0) {
            const auto penalty = static_cast<uint32_t>(random() % 30);
            records.back() = {position, 0, penalty, kMispredict, false};
        }
        if (vcpu.isOutOfOrder()) {
            name(random, records);
        }
    }
    return records;
}

}  // namespace dilaton::cosim::test
