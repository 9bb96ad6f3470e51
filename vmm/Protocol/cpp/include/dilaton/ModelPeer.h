#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "dilaton/Messages.h"
#include "dilaton/Peer.h"

namespace dilaton::cosim {

// A timing model that knows the answer to a request when it sees it.
class TimingModel {
  public:
    virtual ~TimingModel() = default;

    // No answer comes sooner than this (ps) after its request; not 0.
    [[nodiscard]] virtual uint64_t minLatencyPs() const = 0;

    // Times requests, in the order of (atPs, vcpu, order of issue), none earlier than one of
    // before: writes one latency (ps) each, from its atPs.
    virtual void latencies(const Request* requests, size_t count, uint64_t* latenciesPs) = 0;

    // Completes an access to a window: its latency (ps) from its atPs. `data` has room for what it
    // loads. Only for a model whose peer offers PeerOptions::windows.
    virtual uint64_t access(const Access& access, std::vector<uint8_t>& data);

    // Between intervals: write statistics out, set them to zero, or both.
    virtual void statistics(const StatisticsRequest& request) { (void)request; }

    // Asked a few times a second of host time while nothing is to do: whether to give up.
    [[nodiscard]] virtual bool isInterrupted() { return false; }
};

// Serves a worker with a model until the worker says Bye; the model's output is to be written in
// `finish`, before Bye is answered. Throws Error.
class ModelPeer {
  public:
    ModelPeer(TimingModel& model, PeerOptions options, IntervalObserver* observer = nullptr);
    ~ModelPeer();

    [[nodiscard]] const Welcome& welcome() const;

    // Until the worker says Bye. Throws Error, having told the worker why.
    void run();

    // Answers Bye.
    void finish();

    // The host can't go on: tells the worker why, if it can.
    void fail(const std::exception& why) noexcept;

  private:
    struct Parts;

    std::unique_ptr<Parts> parts_;
};

}  // namespace dilaton::cosim
