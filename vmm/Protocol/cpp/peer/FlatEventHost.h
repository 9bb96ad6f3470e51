#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "FlatMemory.h"
#include "ScratchDevice.h"
#include "dilaton/EventPeer.h"

namespace dilaton::peer {

// A small event-driven simulator around the flat memory: what SST and gem5 are to their bridges.
class FlatEventHost : public cosim::EventHost {
  public:
    FlatEventHost(FlatMemory& memory, ScratchDevice& device,
                  std::function<void(const cosim::StatisticsRequest&)> statistics);

    // Runs the events until the worker says Bye.
    void run(cosim::EventPeer& peer);

    [[nodiscard]] uint64_t nowPs() const override { return nowPs_; }
    void wakeAt(uint64_t timePs) override;
    [[nodiscard]] bool send(const cosim::Request& request) override;
    void access(const cosim::Access& access) override;
    void statistics(const cosim::StatisticsRequest& request) override { statistics_(request); }

  private:
    enum class EventKind : uint8_t { Wake, Answer, Completion };

    struct Event {
        uint64_t timePs;
        uint64_t order;
        EventKind kind;
        uint64_t number;  // of an answer's ticket, of a completion's access
        std::vector<uint8_t> data;

        bool operator<(const Event& other) const {
            return timePs != other.timePs ? timePs > other.timePs : order > other.order;
        }
    };

    FlatMemory& memory_;
    ScratchDevice& device_;
    std::function<void(const cosim::StatisticsRequest&)> statistics_;
    std::priority_queue<Event> events_;
    uint64_t scheduled_ = 0;
    uint64_t nowPs_ = 0;
};

}  // namespace dilaton::peer
