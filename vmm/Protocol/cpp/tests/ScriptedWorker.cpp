#include "ScriptedWorker.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zmq.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "dilaton/RecordColumns.h"

namespace dilaton::cosim::test {

namespace {

constexpr int kTimeoutMs = 20'000;
const std::string kPeer = "mem";

/** Binds where libzmq likes, which removes what it made; a name of ours would stay. */
std::string bindAnywhere(void* socket) {
    char endpoint[256] = {};
    size_t size = sizeof endpoint;
    if (zmq_bind(socket, "ipc://*") != 0
        || zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &size) != 0) {
        throw std::runtime_error("no endpoint");
    }
    return endpoint;
}

}  // namespace

ScriptedWorker::ScriptedWorker(bool hasRing)
    : context_(zmq_ctx_new()),
      socket_(zmq_socket(context_, ZMQ_ROUTER)),
      hasRing_(hasRing) {
    const int linger = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &kTimeoutMs, sizeof kTimeoutMs);
    endpoint_ = bindAnywhere(socket_);
}

ScriptedWorker::~ScriptedWorker() {
    close();
    zmq_ctx_term(context_);
}

void ScriptedWorker::close() {
    if (socket_ != nullptr) {
        zmq_close(socket_);
        socket_ = nullptr;
        ring_.reset();
        ::close(ringFile_);
    }
}

std::string ScriptedWorker::makeRing() {
    std::ifstream file(std::string(DILATON_VECTORS) + "/ring/empty.bin", std::ios::binary);
    const std::vector<char> empty{std::istreambuf_iterator<char>(file),
                                  std::istreambuf_iterator<char>()};
    ringFile_ = memfd_create("scripted-worker", MFD_CLOEXEC);
    if (write(ringFile_, empty.data(), empty.size()) != static_cast<ssize_t>(empty.size())) {
        throw std::runtime_error("no ring");
    }
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(ringFile_);
}

bool ScriptedWorker::trySendRing(const std::vector<std::string>& frames) {
    const std::string payload = frames.size() > 1 ? frames[1] : std::string();
    const uint64_t bytes = RingLane::bytesFor(frames[0].size(), payload.size());
    const bool fits = frames.size() <= 2 && bytes <= ring_->capacity() / 4;
    EXPECT_TRUE(fits ? ring_->toPeer().tryWrite(RingLane::Kind::Message, frames[0].data(),
                                                frames[0].size(), payload.data(), payload.size())
                     : ring_->toPeer().tryWrite(RingLane::Kind::Elsewhere, nullptr, 0, nullptr, 0));
    return fits;
}

std::vector<std::string> ScriptedWorker::receiveAny() {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + std::chrono::milliseconds(kTimeoutMs);
    RingLane::Entry entry;
    while (ring_ != nullptr && Clock::now() < end) {
        const bool hasEntry = ring_->toWorker().tryRead(entry);
        if (hasEntry && entry.kind == RingLane::Kind::Message) {
            return {{entry.header.begin(), entry.header.end()},
                    {entry.payload.begin(), entry.payload.end()}};
        }
        zmq_pollitem_t item{socket_, 0, ZMQ_POLLIN, 0};
        // A mark says that the next one is there.
        if (hasEntry) {
            return receiveSocket();
        }
        // A heartbeat, or a peer that could not enter the ring, or a message before its mark.
        if (zmq_poll(&item, 1, 0) > 0) {
            std::vector<std::string> frames = receiveSocket();
            if (!frames.empty() && ring_->toWorker().tryRead(entry)) {
                EXPECT_EQ(entry.kind, RingLane::Kind::Elsewhere);
            }
            return frames;
        }
        ring_->toWorker().wait(20, 2);
    }
    return receiveSocket();
}

std::vector<std::string> ScriptedWorker::receiveSocket() {
    std::vector<std::string> frames;
    int more = 1;
    while (more != 0) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        if (zmq_msg_recv(&part, socket_, 0) < 0) {
            throw std::runtime_error("the peer is silent");
        }
        frames.emplace_back(static_cast<const char*>(zmq_msg_data(&part)), zmq_msg_size(&part));
        more = zmq_msg_more(&part);
        zmq_msg_close(&part);
    }
    const std::string from = frames.front();
    frames.erase(frames.begin());
    if (from == kPeer + ".heartbeat") {
        v1::Envelope message;
        EXPECT_TRUE(message.ParseFromString(frames.at(0)));
        EXPECT_EQ(message.sequence(), 0U);
        heartbeats_.push_back(message.heartbeat());
        frames.clear();
    } else {
        EXPECT_EQ(from, kPeer);
    }
    return frames;
}

std::vector<std::string> ScriptedWorker::receiveFrames() {
    std::vector<std::string> frames;
    while (frames.empty()) {
        frames = receiveAny();
    }
    return frames;
}

v1::Envelope ScriptedWorker::receive() {
    const std::vector<std::string> frames = receiveFrames();
    v1::Envelope message;
    if (!message.ParseFromString(frames.at(0))) {
        throw std::runtime_error("the peer sent what is no message");
    }
    payload_.clear();
    if (frames.size() > 1) {
        payload_.assign(frames[1].begin(), frames[1].end());
    }
    return message;
}

void ScriptedWorker::awaitHeartbeat() {
    const size_t before = heartbeats_.size();
    while (heartbeats_.size() == before) {
        if (!receiveAny().empty()) {
            throw std::runtime_error("a message where only a heartbeat was due");
        }
    }
}

void ScriptedWorker::send(v1::Envelope message, const std::vector<uint8_t>& payload) {
    message.set_sequence(++sent_);
    std::vector<std::string> frames{message.SerializeAsString()};
    if (!payload.empty()) {
        frames.emplace_back(payload.begin(), payload.end());
    }
    sendFrames(frames);
}

void ScriptedWorker::sendFrames(const std::vector<std::string>& frames) {
    if (ring_ != nullptr && trySendRing(frames)) {
        return;
    }
    zmq_send(socket_, kPeer.data(), kPeer.size(), ZMQ_SNDMORE);
    for (size_t i = 0; i < frames.size(); i++) {
        zmq_send(socket_, frames[i].data(), frames[i].size(),
                 i + 1 < frames.size() ? ZMQ_SNDMORE : 0);
    }
}

void ScriptedWorker::send(const Welcome& welcome) {
    v1::Envelope message;
    v1::Welcome& to = *message.mutable_welcome();
    to.set_version(welcome.version);
    to.set_line_size_bytes(welcome.lineSizeBytes);
    to.set_min_latency_ps(welcome.minLatencyPs);
    to.set_issue_set(welcome.issueSet);
    to.set_heartbeat_ms(welcome.heartbeatMs);
    to.set_ports(welcome.ports);
    to.set_intervals_under_way(welcome.intervalsUnderWay);
    const bool offersRing = hasRing_ && ring_ == nullptr && welcome.ring.empty();
    to.set_ring(offersRing ? makeRing() : welcome.ring);
    for (const VcpuInfo& info : welcome.vcpus) {
        v1::Vcpu& vcpu = *to.add_vcpus();
        vcpu.set_frequency_hz(info.frequencyHz);
        vcpu.set_units_per_cycle(info.unitsPerCycle);
        vcpu.set_load_hit_cycles(info.loadHitCycles);
        vcpu.set_store_buffer_entries(info.storeBufferEntries);
        vcpu.set_window_units(info.windowUnits);
        vcpu.set_load_queue_entries(info.loadQueueEntries);
        vcpu.set_miss_registers(info.missRegisters);
    }
    for (const Window& from : welcome.windows) {
        v1::Window& window = *to.add_windows();
        window.set_name(from.name);
        window.set_begin(from.begin);
        window.set_size_bytes(from.sizeBytes);
        window.set_timed_only(from.timedOnly);
    }
    send(message);
    if (offersRing) {
        ring_ = std::make_unique<Ring>(to.ring());
    }
}

void ScriptedWorker::send(const Interval& interval) {
    v1::Envelope message;
    v1::Interval& to = *message.mutable_interval();
    to.set_number(interval.number);
    to.set_end_ps(interval.endPs);
    to.set_limit_ps(interval.limitPs);
    for (const VcpuInput& input : interval.vcpus) {
        v1::VcpuInput& vcpu = *to.add_vcpus();
        vcpu.set_floor_units(input.floorUnits);
        vcpu.set_idle(input.idle);
        vcpu.set_has_state(input.hasState);
        vcpu.set_state_offset(input.stateOffset);
    }
    for (const RecordBlock& from : interval.blocks) {
        v1::RecordBlock& block = *to.add_blocks();
        block.set_vcpu(from.vcpu);
        block.set_count(from.count);
        block.set_base_units(from.baseUnits);
        block.set_offset(from.offset);
        block.set_base_program(from.baseProgram);
    }
    for (const Access& from : interval.accesses) {
        v1::Access& access = *to.add_accesses();
        access.set_id(from.id);
        access.set_vcpu(from.vcpu);
        access.set_at_ps(from.atPs);
        access.set_address(from.address);
        access.set_size_bytes(from.sizeBytes);
        access.set_store(from.store);
        access.set_data(from.data.data(), from.data.size());
    }
    send(message, interval.payload);
}

void ScriptedWorker::sendBye(v1::Bye::Code code, const std::string& text) {
    v1::Envelope message;
    message.mutable_bye()->set_code(code);
    message.mutable_bye()->set_text(text);
    send(message);
}

v1::Hello ScriptedWorker::welcome(const Welcome& welcome) {
    const v1::Envelope message = receive();
    EXPECT_TRUE(message.has_hello());
    EXPECT_EQ(message.sequence(), 1U);
    send(welcome);
    return message.hello();
}

IntervalDone ScriptedWorker::receiveDone(const Welcome& welcome) {
    const v1::Envelope message = receive();
    if (!message.has_interval_done()) {
        throw std::runtime_error("no IntervalDone: " + message.bye().text());
    }
    const v1::IntervalDone& from = message.interval_done();
    IntervalDone done;
    done.number = from.number();
    done.reachedPs = from.reached_ps();
    for (int i = 0; i < from.vcpus_size(); i++) {
        const v1::VcpuOutput& vcpu = from.vcpus(i);
        VcpuOutput output;
        output.issued = vcpu.issued();
        output.state =
            decodeState(payload_, vcpu.state_offset(), welcome.vcpus[static_cast<size_t>(i)]);
        output.open = decodeOpen(payload_, vcpu.open_offset(), vcpu.open_count());
        output.drops = decodeLines(payload_, vcpu.drop_offset(), vcpu.drop_count());
        output.answered = vcpu.answered();
        output.answers = decodeAnswers(payload_, vcpu.answer_offset(), vcpu.answer_count());
        output.latencySumPs = vcpu.latency_sum_ps();
        output.latencyMaxPs = vcpu.latency_max_ps();
        output.overloadLagPs = vcpu.overload_lag_ps();
        done.vcpus.push_back(std::move(output));
    }
    for (const v1::Completion& completion : from.completions()) {
        done.completions.push_back({completion.id(),
                                    completion.at_ps(),
                                    {completion.data().begin(), completion.data().end()}});
    }
    return done;
}

}  // namespace dilaton::cosim::test
