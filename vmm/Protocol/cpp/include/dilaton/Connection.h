#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dilaton/CurveKeys.h"
#include "dilaton/Messages.h"

namespace dilaton::cosim {

class RingEnd;
class SocketMonitor;

namespace wire {
struct Frames;
}

// The peer's end of the wire to its worker: docs/protocol.md sections 1 and 2. Used by one thread.
class Connection {
  public:
    // Dials, with these keys if they are any. Throws WorkerGone if the endpoint is none.
    Connection(const std::string& endpoint, const std::string& peer, const CurveKeys& keys);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // From now on messages go by this ring of the worker: section 7. `underWay`: requests that the
    // worker may send before the first one's answer. Throws Refused if it can't be opened,
    // ProtocolFault if it is no ring.
    void enterRing(const std::string& path, uint32_t underWay);

    void send(const Hello& hello);
    void send(const IntervalDone& done);
    void send(const FramesDone& done);
    void send(const Bye& bye);
    void sendStatisticsDone();
    void sendPause(const std::string& reason);
    void sendResume();

    // Waits for the next message. `isInterrupted` is asked a few times a second of host time.
    // Throws WorkerGone once the other end is gone or, with a `timeoutMs` above 0, silent for as
    // long; Interrupted; ProtocolFault.
    [[nodiscard]] FromWorker receive(const std::function<bool()>& isInterrupted, int timeoutMs);

    // Sends frames as they are, and counts nothing: for tests of the other end.
    void sendFrames(const std::vector<std::string>& frames);

    // The ZeroMQ context, for the heartbeat's socket.
    [[nodiscard]] void* context() const { return context_; }

  private:
    void sendMessage(const wire::Frames& frames);
    [[nodiscard]] bool tryReceive(FromWorker& message);
    [[nodiscard]] bool tryReceiveSocket(FromWorker& message);
    void take(FromWorker& message, const void* header, size_t headerBytes,
              std::vector<uint8_t> payload);
    // Waits until there may be a message, but not for long.
    void wait();

    void* context_ = nullptr;
    void* socket_ = nullptr;
    std::unique_ptr<SocketMonitor> monitor_;
    bool isWorkerGone_ = false;
    std::unique_ptr<RingEnd> ring_;
    uint64_t sent_ = 0;
    uint64_t received_ = 0;
};

}  // namespace dilaton::cosim
