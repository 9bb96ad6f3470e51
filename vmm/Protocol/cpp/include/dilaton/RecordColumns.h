#pragma once

#include <cstdint>
#include <vector>

#include "dilaton/IssueEngine.h"
#include "dilaton/Messages.h"

// Payload of docs/protocol.md section 3. Every decoder checks all it reads, and throws
// ProtocolFault with what is wrong.
namespace dilaton::cosim {

struct Record {
    uint64_t position = 0;  // units
    uint64_t line = 0;
    uint32_t cycles = 0;
    MemoryKind kind = MemoryKind::Load;
    bool behindCut = false;
    // With the issue set `interval`: names of its instruction and of the load that its address
    // comes from.
    uint64_t program = 0;
    uint64_t producer = IssueMiss::kNone;

    [[nodiscard]] IssueMiss miss() const { return {position, kind, behindCut, program, producer}; }
};

// How a vCPU's records and states are laid out.
enum class IssueSet : uint8_t { Inorder, Interval };

// Bytes of the columns of n records, or of n open requests.
[[nodiscard]] uint64_t recordBlockBytes(uint64_t count, IssueSet set = IssueSet::Inorder);
[[nodiscard]] uint64_t openBlockBytes(uint64_t count);

// Appends a block's records. `lineSizeBytes` of 0 checks no alignment of lines.
void decodeRecords(const std::vector<uint8_t>& payload, const RecordBlock& block,
                   uint32_t lineSizeBytes, std::vector<Record>& records,
                   IssueSet set = IssueSet::Inorder);

// Appends the columns of records that lie at `baseUnits` or less than 2^32 behind it, with
// `interval` also their names.
void encodeRecords(const std::vector<Record>& records, uint64_t baseUnits,
                   std::vector<uint8_t>& payload, IssueSet set = IssueSet::Inorder,
                   uint64_t baseProgram = 0);

[[nodiscard]] IssueState decodeState(const std::vector<uint8_t>& payload, uint64_t offset,
                                     const VcpuInfo& vcpu);
// That of the set `interval` if it has miss registers.
void encodeState(const IssueState& state, std::vector<uint8_t>& payload);

[[nodiscard]] std::vector<Answer> decodeAnswers(const std::vector<uint8_t>& payload,
                                                uint64_t offset, uint32_t count);
void encodeAnswers(const std::vector<Answer>& answers, std::vector<uint8_t>& payload);

[[nodiscard]] std::vector<OpenRequest> decodeOpen(const std::vector<uint8_t>& payload,
                                                  uint64_t offset, uint32_t count);
void encodeOpen(const std::vector<OpenRequest>& open, std::vector<uint8_t>& payload);

[[nodiscard]] std::vector<uint64_t> decodeLines(const std::vector<uint8_t>& payload,
                                                uint64_t offset, uint32_t count);
void encodeLines(const std::vector<uint64_t>& lines, std::vector<uint8_t>& payload);

}  // namespace dilaton::cosim
