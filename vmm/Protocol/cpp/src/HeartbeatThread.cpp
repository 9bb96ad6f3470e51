#include "dilaton/HeartbeatThread.h"

#include <pthread.h>
#include <zmq.h>

#include <chrono>
#include <csignal>
#include <utility>

#include "SocketMonitor.h"
#include "Wire.h"

namespace dilaton::cosim {

HeartbeatThread::HeartbeatThread(void* context, std::string endpoint, std::string peer,
                                 CurveKeys keys, uint32_t periodMs)
    : context_(context),
      endpoint_(std::move(endpoint)),
      peer_(std::move(peer)),
      keys_(std::move(keys)),
      periodMs_(periodMs) {
    if (periodMs_ == 0) {
        return;
    }
    // The host's signals are for the host's threads.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

HeartbeatThread::~HeartbeatThread() {
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        stop_ = true;
    }
    stopped_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void HeartbeatThread::run() {
    const int noLinger = 0;
    const std::string id = peer_ + ".heartbeat";
    void* socket = zmq_socket(context_, ZMQ_DEALER);
    zmq_setsockopt(socket, ZMQ_ROUTING_ID, id.data(), id.size());
    zmq_setsockopt(socket, ZMQ_LINGER, &noLinger, sizeof noLinger);
    keys_.apply(socket);
    if (zmq_connect(socket, endpoint_.c_str()) == 0) {
        beat(socket);
    }
    zmq_close(socket);
}

void HeartbeatThread::beat(void* socket) {
    SocketMonitor monitor(context_, socket, "dilaton.heartbeat");
    std::unique_lock<std::mutex> lock(mutex_);
    while (!stop_) {
        const wire::Frames frames =
            wire::encodeHeartbeat(peer_, progress_.load(std::memory_order_relaxed),
                                  timePs_.load(std::memory_order_relaxed));
        // A full queue means that nobody reads: the next one says more anyway.
        (void)zmq_send(socket, frames.header.data(), frames.header.size(), ZMQ_DONTWAIT);
        if (monitor.sawDisconnect()) {
            isWorkerGone_.store(true, std::memory_order_relaxed);
        }
        // Twice as often as promised.
        stopped_.wait_for(lock, std::chrono::milliseconds((periodMs_ + 1) / 2));
    }
}

}  // namespace dilaton::cosim
