#include "SocketMonitor.h"

#include <zmq.h>

#include <cstdint>
#include <cstring>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

SocketMonitor::SocketMonitor(void* context, void* socket, const std::string& name)
    : socket_(socket), events_(zmq_socket(context, ZMQ_PAIR)) {
    const std::string endpoint = "inproc://" + name;
    if (events_ == nullptr ||
        zmq_socket_monitor(socket_, endpoint.c_str(), ZMQ_EVENT_DISCONNECTED) < 0 ||
        zmq_connect(events_, endpoint.c_str()) < 0) {
        const std::string why = zmq_strerror(zmq_errno());
        zmq_close(events_);
        throw WorkerGone("can't watch a socket: " + why);
    }
}

SocketMonitor::~SocketMonitor() {
    zmq_socket_monitor(socket_, nullptr, 0);
    zmq_close(events_);
}

bool SocketMonitor::sawDisconnect() {
    bool saw = false;
    zmq_msg_t event;
    zmq_msg_init(&event);
    // An event is a frame of its number and a value, and one of its address.
    while (zmq_msg_recv(&event, events_, ZMQ_DONTWAIT) >= 0) {
        uint16_t number = 0;
        if (zmq_msg_more(&event) != 0 && zmq_msg_size(&event) >= sizeof number) {
            std::memcpy(&number, zmq_msg_data(&event), sizeof number);
            saw = saw || number == ZMQ_EVENT_DISCONNECTED;
        }
    }
    zmq_msg_close(&event);
    return saw;
}

}  // namespace dilaton::cosim
