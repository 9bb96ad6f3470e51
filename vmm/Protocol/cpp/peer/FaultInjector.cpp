#include "FaultInjector.h"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "dilaton/Connection.h"

namespace dilaton::peer {

FaultInjector::FaultInjector(const FaultOptions& options)
    : options_(options), random_(options.seed) {}

void FaultInjector::onInterval(const cosim::Interval& interval) {
    sleep();
    if (interval.number != options_.interval) {
        return;
    }
    if (options_.kind == FaultKind::Die) {
        raise(SIGKILL);
    }
    while (options_.kind == FaultKind::Hang) {
        pause();
    }
}

bool FaultInjector::onDone(cosim::Connection& connection, cosim::IntervalDone& done) {
    if (done.number != options_.interval) {
        return true;
    }
    switch (options_.kind) {
        case FaultKind::Twice:
            connection.send(done);
            return true;
        case FaultKind::OutOfOrder:
            done.number++;
            return true;
        case FaultKind::Garbage: {
            std::string bytes(1000, '\0');
            for (char& c : bytes) {
                c = static_cast<char>(random_());
            }
            connection.sendFrames({bytes});
            return true;
        }
        case FaultKind::Flood:
            while (true) {
                connection.send(done);
            }
        case FaultKind::Early:
            for (cosim::VcpuOutput& vcpu : done.vcpus) {
                vcpu.state.stallUnits = 0;
                vcpu.open.clear();
            }
            return true;
        default:
            breakCompletions(done);
            return true;
    }
}

void FaultInjector::breakCompletions(cosim::IntervalDone& done) const {
    if (done.completions.empty()) {
        return;
    }
    cosim::Completion& completion = done.completions.front();
    switch (options_.kind) {
        case FaultKind::CompleteTwice:
            done.completions.push_back(completion);
            break;
        case FaultKind::CompleteUnknown:
            completion.id += 1000;
            break;
        case FaultKind::CompleteEarly:
            completion.atPs = 0;
            break;
        case FaultKind::CompleteShort:
            completion.data.resize(1);
            break;
        case FaultKind::CompleteNever:
            done.completions.clear();
            break;
        default:
            break;
    }
}

void FaultInjector::sleep() {
    if (options_.delayMaxPs == 0) {
        return;
    }
    const uint64_t span = options_.delayMaxPs - options_.delayMinPs + 1;
    const uint64_t picoseconds = options_.delayMinPs + random_() % span;
    std::this_thread::sleep_for(std::chrono::nanoseconds(picoseconds / 1000));
}

}  // namespace dilaton::peer
