#include "dilaton/Connection.h"

#include <zmq.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "RingEnd.h"
#include "SocketMonitor.h"
#include "Wire.h"
#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

constexpr int kLingerMs = 1000;
constexpr int kSendTimeoutMs = 10'000;
constexpr int kPollMs = 50;
constexpr size_t kFramesMax = 2;

[[noreturn]] void fail(const char* call) {
    throw WorkerGone(std::string(call) + " failed: " + zmq_strerror(zmq_errno()));
}

// A received frame.
class Part {
  public:
    Part() { zmq_msg_init(&message_); }
    ~Part() { zmq_msg_close(&message_); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    zmq_msg_t* get() { return &message_; }
    const uint8_t* data() { return static_cast<const uint8_t*>(zmq_msg_data(&message_)); }
    size_t size() { return zmq_msg_size(&message_); }

  private:
    zmq_msg_t message_{};
};

void sendPart(void* socket, const void* data, size_t size, bool more) {
    while (zmq_send(socket, data, size, more ? ZMQ_SNDMORE : 0) < 0) {
        if (zmq_errno() != EINTR) {
            fail("zmq_send");
        }
    }
}

}  // namespace

Connection::Connection(const std::string& endpoint, const std::string& peer,
                       const CurveKeys& keys) {
    context_ = zmq_ctx_new();
    socket_ = zmq_socket(context_, ZMQ_DEALER);
    zmq_setsockopt(socket_, ZMQ_ROUTING_ID, peer.data(), peer.size());
    zmq_setsockopt(socket_, ZMQ_LINGER, &kLingerMs, sizeof kLingerMs);
    zmq_setsockopt(socket_, ZMQ_SNDTIMEO, &kSendTimeoutMs, sizeof kSendTimeoutMs);
    keys.apply(socket_);
    monitor_ = std::make_unique<SocketMonitor>(context_, socket_, "dilaton.connection");
    if (zmq_connect(socket_, endpoint.c_str()) < 0) {
        const std::string why = zmq_strerror(zmq_errno());
        throw WorkerGone("can't dial '" + endpoint + "': " + why);
    }
}

Connection::~Connection() {
    monitor_.reset();
    zmq_close(socket_);
    zmq_ctx_term(context_);
}

void Connection::enterRing(const std::string& path, uint32_t underWay) {
    ring_ = std::make_unique<RingEnd>(path, underWay);
}

void Connection::send(const Hello& hello) {
    sendMessage(wire::encode(++sent_, hello));
}

void Connection::send(const IntervalDone& done) {
    sendMessage(wire::encode(++sent_, done));
}

void Connection::send(const FramesDone& done) {
    sendMessage(wire::encode(++sent_, done));
}

void Connection::send(const Bye& bye) {
    sendMessage(wire::encode(++sent_, bye));
}

void Connection::sendStatisticsDone() {
    sendMessage(wire::encodeStatisticsDone(++sent_));
}

void Connection::sendPause(const std::string& reason) {
    sendMessage(wire::encodePause(++sent_, reason));
}

void Connection::sendResume() {
    sendMessage(wire::encodeResume(++sent_));
}

void Connection::sendFrames(const std::vector<std::string>& frames) {
    if (ring_ != nullptr) {
        ring_->mark();
    }
    for (size_t i = 0; i < frames.size(); i++) {
        sendPart(socket_, frames[i].data(), frames[i].size(), i + 1 < frames.size());
    }
}

void Connection::sendMessage(const wire::Frames& frames) {
    const std::string& header = frames.header;
    const std::vector<uint8_t>& payload = frames.payload;
    if (header.size() > kHeaderBytesMax || payload.size() > kPayloadBytesMax) {
        throw HostFault("a message is larger than the protocol allows");
    }
    if (ring_ != nullptr &&
        ring_->send(header.data(), header.size(), payload.data(), payload.size())) {
        return;
    }
    sendPart(socket_, header.data(), header.size(), !payload.empty());
    if (!payload.empty()) {
        sendPart(socket_, payload.data(), payload.size(), false);
    }
}

FromWorker Connection::receive(const std::function<bool()>& isInterrupted, int timeoutMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point begin = Clock::now();
    FromWorker message;
    while (!tryReceive(message)) {
        isWorkerGone_ = isWorkerGone_ || monitor_->sawDisconnect();
        if (isWorkerGone_) {
            // What came before the end is still there.
            if (tryReceive(message)) {
                break;
            }
            throw WorkerGone("the worker closed the connection");
        }
        if (isInterrupted && isInterrupted()) {
            throw Interrupted("interrupted while it waited for the worker");
        }
        if (timeoutMs > 0 && Clock::now() - begin > std::chrono::milliseconds(timeoutMs)) {
            throw WorkerGone("no word from the worker for " + std::to_string(timeoutMs) + " ms");
        }
        wait();
    }
    return message;
}

void Connection::wait() {
    if (ring_ != nullptr && !ring_->isSocketNext()) {
        ring_->wait(kPollMs);
        return;
    }
    std::array<zmq_pollitem_t, 2> items{
        {{socket_, 0, ZMQ_POLLIN, 0}, {monitor_->pollable(), 0, ZMQ_POLLIN, 0}}};
    if (zmq_poll(items.data(), static_cast<int>(items.size()), kPollMs) < 0 &&
        zmq_errno() != EINTR) {
        fail("zmq_poll");
    }
}

bool Connection::tryReceive(FromWorker& message) {
    if (ring_ == nullptr) {
        return tryReceiveSocket(message);
    }
    RingLane::Entry entry;
    if (ring_->tryReceive(entry)) {
        take(message, entry.header.data(), entry.header.size(), std::move(entry.payload));
        return true;
    }
    if (ring_->isSocketNext() && tryReceiveSocket(message)) {
        ring_->tookSocket();
        return true;
    }
    return false;
}

bool Connection::tryReceiveSocket(FromWorker& message) {
    std::array<Part, kFramesMax> parts;
    size_t count = 0;
    bool more = true;
    while (more) {
        Part extra;
        Part& part = count < kFramesMax ? parts[count] : extra;
        if (zmq_msg_recv(part.get(), socket_, ZMQ_DONTWAIT) < 0) {
            if (zmq_errno() == EINTR) {
                continue;
            }
            if (zmq_errno() == EAGAIN) {
                return false;
            }
            fail("zmq_msg_recv");
        }
        count++;
        more = zmq_msg_more(part.get()) != 0;
    }
    if (count > kFramesMax) {
        throw ProtocolFault("a message of " + std::to_string(count) + " frames");
    }
    if (parts[0].size() > kHeaderBytesMax || parts[1].size() > kPayloadBytesMax) {
        throw ProtocolFault("a message of " + std::to_string(parts[0].size()) + " and " +
                            std::to_string(parts[1].size()) + " bytes is too large");
    }
    std::vector<uint8_t> payload(parts[1].data(), parts[1].data() + parts[1].size());
    take(message, parts[0].data(), parts[0].size(), std::move(payload));
    return true;
}

void Connection::take(FromWorker& message, const void* header, size_t headerBytes,
                      std::vector<uint8_t> payload) {
    message = wire::decode(header, headerBytes, std::move(payload), received_ + 1);
    received_++;
}

}  // namespace dilaton::cosim
