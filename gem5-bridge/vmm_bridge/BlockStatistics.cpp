#include "BlockStatistics.h"

namespace vmm_bridge {

BlockStatistics::BlockStatistics(gem5::statistics::Group* parent)
    : gem5::statistics::Group(parent, "vmm"),
      block_(this, "block", gem5::statistics::units::Count::get(), "") {
    next(false);
}

void BlockStatistics::name(const std::string& label) {
    block_ = static_cast<double>(number_);
    block_.desc("Number of this block, written for: " + label);
}

void BlockStatistics::next(bool written) {
    number_ += written ? 1 : 0;
    // Nobody asks for the last one.
    name("the end");
}

}  // namespace vmm_bridge
