#include "BridgeStatistics.h"

namespace vmm_bridge {

namespace units = gem5::statistics::units;

BridgeStatistics::BridgeStatistics(gem5::statistics::Group* parent)
    : gem5::statistics::Group(parent, "vmm"),
      reads(this, "reads", units::Count::get(), "Reads sent"),
      writes(this, "writes", units::Count::get(), "Writes and read-modify-writes sent"),
      flushes(this, "flushes", units::Count::get(), "Cache line flushes sent"),
      flushesDropped(this, "flushesDropped", units::Count::get(),
                     "Cache line flushes not sent: no cache is behind the port, or Ruby's"),
      refused(this, "refused", units::Count::get(),
              "Sends that the memory system refused at first"),
      answers(this, "answers", units::Count::get(), "Answers that came back"),
      latency(this, "latency", units::Tick::get(), "Sum of ticks from sending to the answer"),
      invalidations(this, "invalidations", units::Count::get(),
                    "Lines that the vCPU's filter had to drop") {}

}  // namespace vmm_bridge
