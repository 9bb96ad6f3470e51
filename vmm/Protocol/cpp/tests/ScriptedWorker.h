#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cosim.pb.h"
#include "dilaton/Messages.h"
#include "dilaton/Ring.h"

namespace dilaton::cosim::test {

// A worker's end of the wire that does what a test says.
class ScriptedWorker {
  public:
    // With a ring: of 4 KiB, and offered in each Welcome that names no other.
    explicit ScriptedWorker(bool hasRing = false);
    ~ScriptedWorker();
    ScriptedWorker(const ScriptedWorker&) = delete;
    ScriptedWorker& operator=(const ScriptedWorker&) = delete;

    [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
    // Closes the socket, as a dying worker does.
    void close();

    // The next message of the peer "mem" that is no heartbeat. Fails the test after 20 s.
    v1::Envelope receive();
    // The frames of it, undecoded.
    std::vector<std::string> receiveFrames();
    [[nodiscard]] const std::vector<uint8_t>& payload() const { return payload_; }
    [[nodiscard]] const std::vector<v1::Heartbeat>& heartbeats() const { return heartbeats_; }
    // Waits for one more heartbeat.
    void awaitHeartbeat();

    void send(v1::Envelope message, const std::vector<uint8_t>& payload = {});
    void sendFrames(const std::vector<std::string>& frames);
    void skipSequence() { sent_++; }

    void send(const Welcome& welcome);
    void send(const Interval& interval);
    void sendBye(v1::Bye::Code code, const std::string& text);

    // Reads Hello, answers with this Welcome.
    v1::Hello welcome(const Welcome& welcome);
    // Reads IntervalDone with its columns.
    IntervalDone receiveDone(const Welcome& welcome);

  private:
    // Frames behind the routing id; empty if it was a heartbeat.
    std::vector<std::string> receiveAny();
    std::vector<std::string> receiveSocket();
    // Makes the ring; the path of its file.
    std::string makeRing();
    [[nodiscard]] bool trySendRing(const std::vector<std::string>& frames);

    void* context_;
    void* socket_;
    std::string endpoint_;
    bool hasRing_;
    int ringFile_ = -1;
    std::unique_ptr<Ring> ring_;
    uint64_t sent_ = 0;
    std::vector<uint8_t> payload_;
    std::vector<v1::Heartbeat> heartbeats_;
};

}  // namespace dilaton::cosim::test
