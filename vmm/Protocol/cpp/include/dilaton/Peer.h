#pragma once

#include <cstdint>
#include <string>

#include "dilaton/Messages.h"

namespace dilaton::cosim {

class Connection;

// What a peer says of itself, and where it dials.
struct PeerOptions {
    std::string endpoint;         // "ipc://..." or "tcp://127.0.0.1:..."
    std::string peer;             // its name in the job
    std::string keyFile;          // with the job's keys; empty: none, all is on this host
    std::string software;         // for people: "sst", "gem5"
    std::string softwareVersion;  // for people
    uint32_t lineSizeBytes = 0;   // 0: any
    uint32_t vcpus = 0;           // 0: any number
    uint64_t minLatencyPs = 0;    // the least latency it promises; 0: it can't tell
    uint32_t ports = 0;           // of a network; 0: any number
    uint64_t lookaheadPs = 0;     // of a network, above 0; 0: a memory
    bool windows = false;         // it completes accesses to windows
    int welcomeTimeoutMs = 60'000;

    // Takes endpoint and peer from DILATON_ENDPOINT and DILATON_PEER, and the file of keys from
    // DILATON_KEY_FILE if that is set. Throws HostFault if the first two are not.
    static PeerOptions fromEnvironment();
};

// Sees what goes over the wire: for traces, and for tests that must break it.
class IntervalObserver {
  public:
    virtual ~IntervalObserver() = default;

    // An interval came.
    virtual void onInterval(const Interval& interval) = 0;

    // Before its answer is sent. False: it is not to be sent, since the observer did.
    [[nodiscard]] virtual bool onDone(Connection& connection, IntervalDone& done) = 0;
};

}  // namespace dilaton::cosim
