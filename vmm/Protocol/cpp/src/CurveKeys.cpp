#include "dilaton/CurveKeys.h"

#include <zmq.h>

#include <fstream>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

namespace {

constexpr size_t kKeyLength = 40;
// A worker on another host that is silent for longer is gone.
constexpr int kHeartbeatMs = 1'000;
constexpr int kSilenceMs = 10'000;

void set(void* socket, int option, const void* value, size_t size) {
    if (zmq_setsockopt(socket, option, value, size) < 0) {
        throw WorkerGone(std::string("zmq_setsockopt for encryption failed: ") +
                         zmq_strerror(zmq_errno()));
    }
}

}  // namespace

CurveKeys CurveKeys::read(const std::string& path) {
    CurveKeys keys;
    if (path.empty()) {
        return keys;
    }
    std::ifstream file(path);
    if (!(file >> keys.public_ >> keys.secret_) || keys.public_.size() != kKeyLength ||
        keys.secret_.size() != kKeyLength) {
        throw HostFault("DILATON_KEY_FILE: '" + path + "' holds no keys of a job");
    }
    return keys;
}

void CurveKeys::apply(void* socket) const {
    if (secret_.empty()) {
        return;
    }
    set(socket, ZMQ_CURVE_SERVERKEY, public_.data(), public_.size());
    set(socket, ZMQ_CURVE_PUBLICKEY, public_.data(), public_.size());
    set(socket, ZMQ_CURVE_SECRETKEY, secret_.data(), secret_.size());
    set(socket, ZMQ_HEARTBEAT_IVL, &kHeartbeatMs, sizeof kHeartbeatMs);
    set(socket, ZMQ_HEARTBEAT_TIMEOUT, &kSilenceMs, sizeof kSilenceMs);
}

}  // namespace dilaton::cosim
