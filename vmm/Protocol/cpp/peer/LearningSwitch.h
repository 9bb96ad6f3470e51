#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "dilaton/NetworkHost.h"

namespace dilaton::peer {

struct SwitchOptions {
    uint64_t latencyPs = 0;
    uint64_t bandwidthBitsPerSecond = 0;
    uint64_t receiveLatencyPs = 1'000;
    uint32_t ports = 0;  // 0: any number

    // Throws std::invalid_argument.
    void validate() const;
};

// An Ethernet switch in an event queue of its own: frames take a latency to it, and leave it one
// after the other at each port's bandwidth. It learns where addresses are from what they send, and
// floods the rest.
class LearningSwitch : public cosim::NetworkSimulator {
  public:
    explicit LearningSwitch(const SwitchOptions& options) : options_(options) {}

    // Runs the events until the coordinator says Bye.
    void run(cosim::NetworkHost& host);

    [[nodiscard]] std::string statistics() const;

    [[nodiscard]] uint64_t nowPs() const override { return nowPs_; }
    void wakeAt(uint64_t timePs) override;
    [[nodiscard]] uint32_t send(cosim::Frame frame) override;

  private:
    struct Event {
        uint64_t timePs = 0;
        uint64_t order = 0;
        enum class Kind : uint8_t { AtSwitch, Out, Wake } kind = Kind::Wake;
        uint32_t port = 0;
        std::vector<uint8_t> bytes;
    };

    struct IsLater {
        bool operator()(const Event& a, const Event& b) const {
            return a.timePs != b.timePs ? a.timePs > b.timePs : a.order > b.order;
        }
    };

    void push(uint64_t timePs, Event::Kind kind, uint32_t port, std::vector<uint8_t> bytes);
    void queue(Event event);

    SwitchOptions options_;
    std::priority_queue<Event, std::vector<Event>, IsLater> events_;
    std::map<std::string, uint32_t> ports_;  // by address
    std::vector<uint64_t> freePs_;           // of each port
    uint64_t scheduled_ = 0;
    uint64_t nowPs_ = 0;
    uint64_t frames_ = 0;
    uint64_t flooded_ = 0;
};

}  // namespace dilaton::peer
