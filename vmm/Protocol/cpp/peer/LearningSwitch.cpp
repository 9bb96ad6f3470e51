#include "LearningSwitch.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "dilaton/Checked.h"
#include "dilaton/Errors.h"

namespace dilaton::peer {

namespace {

constexpr size_t kAddressBytes = 6;

std::string addressAt(const std::vector<uint8_t>& frame, size_t offset) {
    const size_t begin = std::min(offset, frame.size());
    const size_t end = std::min(offset + kAddressBytes, frame.size());
    return {frame.begin() + static_cast<std::ptrdiff_t>(begin),
            frame.begin() + static_cast<std::ptrdiff_t>(end)};
}

bool isGroup(const std::string& address) {
    return address.empty() || (static_cast<uint8_t>(address[0]) & 1) != 0;
}

}  // namespace

void SwitchOptions::validate() const {
    if (latencyPs == 0) {
        throw std::invalid_argument("--latency must be given, and above 0");
    }
    if (bandwidthBitsPerSecond == 0) {
        throw std::invalid_argument("--bandwidth must be given, and above 0");
    }
    if (receiveLatencyPs == 0) {
        throw std::invalid_argument("--receive-latency must be above 0");
    }
}

void LearningSwitch::run(cosim::NetworkHost& host) {
    freePs_.assign(host.ports(), 0);
    host.start();
    while (!host.isFinished()) {
        if (events_.empty()) {
            throw cosim::HostFault("no event is left, and the coordinator has not said Bye");
        }
        Event event = events_.top();
        events_.pop();
        nowPs_ = event.timePs;
        switch (event.kind) {
            case Event::Kind::AtSwitch:
                queue(std::move(event));
                break;
            case Event::Kind::Out:
                host.deliver(event.port, std::move(event.bytes));
                break;
            case Event::Kind::Wake:
                host.onWake();
                break;
        }
    }
}

std::string LearningSwitch::statistics() const {
    return "frames " + std::to_string(frames_) + "\nflooded " + std::to_string(flooded_) + "\n";
}

void LearningSwitch::wakeAt(uint64_t timePs) {
    if (timePs != UINT64_MAX) {
        push(timePs, Event::Kind::Wake, 0, {});
    }
}

uint32_t LearningSwitch::send(cosim::Frame frame) {
    frames_++;
    const std::string to = addressAt(frame.bytes, 0);
    const std::string from = addressAt(frame.bytes, kAddressBytes);
    if (!isGroup(from)) {
        ports_[from] = frame.port;
    }
    const uint64_t at = cosim::checkedAdd(nowPs_, options_.latencyPs);
    const auto known = isGroup(to) ? ports_.end() : ports_.find(to);
    if (known != ports_.end()) {
        if (known->second == frame.port) {
            return 0;
        }
        push(at, Event::Kind::AtSwitch, known->second, std::move(frame.bytes));
        return 1;
    }
    flooded_++;
    uint32_t copies = 0;
    for (uint32_t port = 0; port < freePs_.size(); port++) {
        if (port != frame.port) {
            push(at, Event::Kind::AtSwitch, port, frame.bytes);
            copies++;
        }
    }
    return copies;
}

void LearningSwitch::push(uint64_t timePs, Event::Kind kind, uint32_t port,
                          std::vector<uint8_t> bytes) {
    events_.push({timePs, scheduled_++, kind, port, std::move(bytes)});
}

void LearningSwitch::queue(Event event) {
    constexpr unsigned __int128 kPsPerSecond = 1'000'000'000'000;
    const unsigned __int128 bits = kPsPerSecond * event.bytes.size() * 8;
    const auto serialPs = static_cast<uint64_t>((bits + options_.bandwidthBitsPerSecond - 1) /
                                                options_.bandwidthBitsPerSecond);
    uint64_t& freePs = freePs_[event.port];
    freePs = cosim::checkedAdd(std::max(freePs, nowPs_), serialPs);
    push(freePs, Event::Kind::Out, event.port, std::move(event.bytes));
}

}  // namespace dilaton::peer
