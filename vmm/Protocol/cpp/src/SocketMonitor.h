#pragma once

#include <string>

namespace dilaton::cosim {

// Tells when a ZeroMQ socket loses its other end.
class SocketMonitor {
  public:
    // `name` is one of its own in the context. Throws WorkerGone if it can't watch.
    SocketMonitor(void* context, void* socket, const std::string& name);
    ~SocketMonitor();
    SocketMonitor(const SocketMonitor&) = delete;
    SocketMonitor& operator=(const SocketMonitor&) = delete;

    // Whether the socket was disconnected since the last call.
    [[nodiscard]] bool sawDisconnect();

    // Readable when there is something to see.
    [[nodiscard]] void* pollable() const { return events_; }

  private:
    void* socket_;
    void* events_;
};

}  // namespace dilaton::cosim
