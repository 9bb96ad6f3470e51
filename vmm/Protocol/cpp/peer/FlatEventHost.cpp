#include "FlatEventHost.h"

#include <utility>

#include "dilaton/Checked.h"

namespace dilaton::peer {

FlatEventHost::FlatEventHost(FlatMemory& memory,
                             std::function<void(const cosim::StatisticsRequest&)> statistics)
    : memory_(memory), statistics_(std::move(statistics)) {}

void FlatEventHost::run(cosim::EventPeer& peer) {
    peer.start();
    while (!peer.isFinished()) {
        if (events_.empty()) {
            throw cosim::HostFault("no event is left, and the worker has not said Bye");
        }
        const Event event = events_.top();
        events_.pop();
        nowPs_ = event.timePs;
        if (event.isAnswer) {
            peer.onAnswer(event.ticket);
        } else {
            peer.onWake();
        }
    }
}

void FlatEventHost::wakeAt(uint64_t timePs) {
    events_.push({timePs, scheduled_++, false, 0});
}

bool FlatEventHost::send(const cosim::Request& request) {
    const uint64_t latency = memory_.serve(nowPs_, request.line, request.kind);
    events_.push({cosim::checkedAdd(nowPs_, latency), scheduled_++, true, request.ticket});
    return true;
}

}  // namespace dilaton::peer
