#pragma once

#include <cstdint>
#include <vector>

#include "dilaton/IntervalCore.h"
#include "dilaton/ModelPeer.h"

namespace dilaton::cosim {

// Times an interval's requests with a model, in windows as docs/time.md 4.5 says: no answer to a
// request in a window can move another one of it.
class ModelTimer {
  public:
    ModelTimer(IntervalCore& core, TimingModel& model);

    // Times all that passes the cut before the interval's end. Throws ProtocolFault if a request
    // is earlier than one that the model has seen.
    void run();

  private:
    void window(uint64_t endPs);

    IntervalCore& core_;
    TimingModel& model_;
    std::vector<Request> requests_;
    std::vector<uint64_t> latencies_;
    uint64_t toldPs_ = 0;
};

}  // namespace dilaton::cosim
