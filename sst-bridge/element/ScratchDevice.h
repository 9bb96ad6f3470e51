#pragma once

#include <sst/core/component.h>
#include <sst/core/interfaces/stdMem.h>
#include <sst/core/link.h>
#include <sst/core/output.h>
#include <sst/core/params.h>

#include <cstdint>
#include <deque>
#include <memory>

#include "dilaton/ScratchRegisters.h"

namespace dilaton::sst {

// A small memory-mapped device: how one is made that a guest reaches through a window. It serves
// one access at a time.
class ScratchDevice : public SST::Component {
  public:
    SST_ELI_REGISTER_COMPONENT(ScratchDevice, "dilaton", "ScratchDevice",
                               SST_ELI_ELEMENT_VERSION(1, 0, 0),
                               "Registers: bytes; at 0 the accesses so far, at 0x18 the sum of the "
                               "words at 8 and 0x10",
                               COMPONENT_CATEGORY_MEMORY)

    SST_ELI_DOCUMENT_PARAMS({"base", "Its address, as the job's window has it.", "0"},
                            {"size", "Its size, such as 4KiB; at least 32B.", "4KiB"},
                            {"latency", "Time of one access, such as 100ns.", "100ns"})

    SST_ELI_DOCUMENT_SUBCOMPONENT_SLOTS({"iface", "Interface to the memory system.",
                                         "SST::Interfaces::StandardMem"})

    SST_ELI_DOCUMENT_STATISTICS({"loads", "Loads served", "requests", 1},
                                {"stores", "Stores served", "requests", 1})

    ScratchDevice(SST::ComponentId_t id, SST::Params& params);

    void init(unsigned int phase) override { memory_->init(phase); }
    void setup() override { memory_->setup(); }
    void complete(unsigned int phase) override { memory_->complete(phase); }
    void finish() override { memory_->finish(); }

  private:
    using Request = SST::Interfaces::StandardMem::Request;
    using Counter = SST::Statistics::Statistic<uint64_t>;

    // Picoseconds or bytes of a parameter; fatal if it has other units.
    [[nodiscard]] uint64_t find(SST::Params& params, const char* name, const char* standard,
                                const char* unit);
    void handleRequest(Request* request);
    void handleServed(SST::Event* event);
    // Does what a request asks; its answer, or nullptr if none is wanted.
    [[nodiscard]] std::unique_ptr<Request> serve(Request& request);

    SST::Output output_;
    SST::Interfaces::StandardMem* memory_ = nullptr;  // SST's own
    SST::Link* served_ = nullptr;                     // SST's own
    uint64_t base_;
    uint64_t latencyPs_;
    uint64_t freeAtPs_ = 0;
    cosim::ScratchRegisters registers_;
    std::deque<std::unique_ptr<Request>> requests_;
    Counter* loads_;
    Counter* stores_;
};

}  // namespace dilaton::sst
