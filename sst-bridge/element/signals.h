#pragma once

#include <csignal>

namespace dilaton::sst {

// Whether SST was told to stop. It takes its handler away once a signal came, and acts on it
// between events.
[[nodiscard]] inline bool isSignalPending() {
    for (const int signal : {SIGINT, SIGTERM}) {
        struct sigaction action {};
        if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) {
            return true;
        }
    }
    return false;
}

}  // namespace dilaton::sst
