#include "FlatEventHost.h"

#include <utility>

#include "dilaton/Checked.h"

namespace dilaton::peer {

FlatEventHost::FlatEventHost(FlatMemory& memory, ScratchDevice& device,
                             std::function<void(const cosim::StatisticsRequest&)> statistics)
    : memory_(memory), device_(device), statistics_(std::move(statistics)) {}

void FlatEventHost::run(cosim::EventPeer& peer) {
    peer.start();
    while (!peer.isFinished()) {
        if (events_.empty()) {
            throw cosim::HostFault("no event is left, and the worker has not said Bye");
        }
        const Event event = events_.top();
        events_.pop();
        nowPs_ = event.timePs;
        switch (event.kind) {
            case EventKind::Answer:
                peer.onAnswer(event.number);
                break;
            case EventKind::Completion:
                peer.onCompletion(event.number, event.data);
                break;
            case EventKind::Wake:
                peer.onWake();
                break;
        }
    }
}

void FlatEventHost::wakeAt(uint64_t timePs) {
    events_.push({timePs, scheduled_++, EventKind::Wake, 0, {}});
}

bool FlatEventHost::send(const cosim::Request& request) {
    const uint64_t latency = memory_.serve(nowPs_, request.line, request.kind);
    events_.push(
        {cosim::checkedAdd(nowPs_, latency), scheduled_++, EventKind::Answer, request.ticket, {}});
    return true;
}

void FlatEventHost::access(const cosim::Access& access) {
    std::vector<uint8_t> data;
    const uint64_t latency = device_.serve(access, nowPs_, data);
    events_.push({cosim::checkedAdd(nowPs_, latency), scheduled_++, EventKind::Completion,
                  access.id, std::move(data)});
}

}  // namespace dilaton::peer
