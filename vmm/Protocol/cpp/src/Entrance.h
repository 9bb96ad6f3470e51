#pragma once

#include <exception>

namespace dilaton::cosim {

// The one way into a host that its simulator may call from within its own calls.
struct Entrance {
    bool isFinished = false;
    bool isInside = false;

    // Runs `work`, then `step`; within a call of either, `work` alone, since that step goes on.
    // An exception ends the host, is told by `fail`, and goes on up.
    template <typename Work, typename Step, typename Fail>
    void enter(Work work, Step step, Fail fail) {
        if (isFinished) {
            return;
        }
        if (isInside) {
            work();
            return;
        }
        isInside = true;
        try {
            work();
            step();
        } catch (const std::exception& why) {
            isFinished = true;
            fail(why);
            throw;
        }
        isInside = false;
    }
};

}  // namespace dilaton::cosim
