#include "dilaton/IntervalReader.h"

#include <string>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

IntervalContents readInterval(const Interval& interval, uint64_t expectedNumber,
                              const Welcome& welcome) {
    const std::string name = "interval " + std::to_string(interval.number) + ": ";
    const size_t vcpus = welcome.vcpus.size();
    if (interval.number != expectedNumber) {
        throw ProtocolFault(name + std::to_string(expectedNumber) + " was due");
    }
    if (interval.vcpus.size() != vcpus) {
        throw ProtocolFault(name + "it has " + std::to_string(interval.vcpus.size()) +
                            " vcpus of " + std::to_string(vcpus));
    }
    if (interval.limitPs < interval.endPs) {
        throw ProtocolFault(name + "its limit is before its end");
    }
    IntervalContents contents;
    contents.records.resize(vcpus);
    for (size_t i = 0; i < vcpus; i++) {
        contents.states.emplace_back();
        if (interval.vcpus[i].hasState) {
            contents.states[i] =
                decodeState(interval.payload, interval.vcpus[i].stateOffset, welcome.vcpus[i]);
            if (!contents.states[i]->isSettled()) {
                throw ProtocolFault(name + "a state waits for an answer that nothing is open for");
            }
        }
    }
    for (const RecordBlock& block : interval.blocks) {
        if (block.vcpu >= vcpus) {
            throw ProtocolFault(name + "a block of vcpu " + std::to_string(block.vcpu));
        }
        decodeRecords(
            interval.payload, block, welcome.lineSizeBytes, contents.records[block.vcpu],
            welcome.vcpus[block.vcpu].isOutOfOrder() ? IssueSet::Interval : IssueSet::Inorder);
    }
    return contents;
}

}  // namespace dilaton::cosim
