#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "dilaton/CurveKeys.h"

namespace dilaton::cosim {

// Says Heartbeat on a DEALER of its own, whatever the simulation does: docs/protocol.md 2.4.
class HeartbeatThread {
  public:
    // `context` is a ZeroMQ context that outlives this. A `periodMs` of 0: never.
    HeartbeatThread(void* context, std::string endpoint, std::string peer, CurveKeys keys,
                    uint32_t periodMs);
    ~HeartbeatThread();
    HeartbeatThread(const HeartbeatThread&) = delete;
    HeartbeatThread& operator=(const HeartbeatThread&) = delete;

    // Tells that the simulation got on, to this time. Any thread; cheap.
    void progress(uint64_t timePs) {
        timePs_.store(timePs, std::memory_order_relaxed);
        progress_.fetch_add(1, std::memory_order_relaxed);
    }

    // Whether the other end has gone since.
    [[nodiscard]] bool isWorkerGone() const {
        return isWorkerGone_.load(std::memory_order_relaxed);
    }

  private:
    void run();
    void beat(void* socket);

    void* context_;
    std::string endpoint_;
    std::string peer_;
    CurveKeys keys_;
    uint32_t periodMs_;
    std::atomic<uint64_t> progress_{0};
    std::atomic<uint64_t> timePs_{0};
    std::atomic<bool> isWorkerGone_{false};
    std::mutex mutex_;  // guards stop_
    std::condition_variable stopped_;
    bool stop_ = false;
    std::thread thread_;
};

}  // namespace dilaton::cosim
