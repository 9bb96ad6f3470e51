#include "Wire.h"

#include <utility>

#include "cosim.pb.h"
#include "dilaton/Errors.h"
#include "dilaton/FrameColumns.h"
#include "dilaton/RecordColumns.h"

namespace dilaton::cosim::wire {

namespace {

v1::Envelope envelope(uint64_t sequence) {
    v1::Envelope message;
    message.set_sequence(sequence);
    return message;
}

Frames framesOf(const v1::Envelope& message) {
    return {message.SerializeAsString(), {}};
}

Welcome toWelcome(const v1::Welcome& from) {
    Welcome welcome;
    welcome.version = from.version();
    welcome.session = from.session();
    welcome.node = from.node();
    welcome.lineSizeBytes = from.line_size_bytes();
    welcome.minLatencyPs = from.min_latency_ps();
    welcome.issueSet = from.issue_set();
    for (const v1::Vcpu& vcpu : from.vcpus()) {
        welcome.vcpus.push_back({vcpu.frequency_hz(), vcpu.units_per_cycle(),
                                 vcpu.load_hit_cycles(), vcpu.store_buffer_entries(),
                                 vcpu.window_units(), vcpu.load_queue_entries(),
                                 vcpu.miss_registers()});
    }
    for (const v1::MemoryRange& range : from.memory()) {
        welcome.memory.push_back({range.begin(), range.size_bytes()});
    }
    welcome.heartbeatMs = from.heartbeat_ms();
    welcome.ring = from.ring();
    welcome.ports = from.ports();
    for (const v1::Window& window : from.windows()) {
        welcome.windows.push_back(
            {window.name(), window.begin(), window.size_bytes(), window.timed_only()});
    }
    welcome.intervalsUnderWay = from.intervals_under_way() == 0 ? 1 : from.intervals_under_way();
    return welcome;
}

Interval toInterval(const v1::Interval& from, std::vector<uint8_t> payload) {
    Interval interval;
    interval.number = from.number();
    interval.endPs = from.end_ps();
    interval.limitPs = from.limit_ps();
    for (const v1::VcpuInput& vcpu : from.vcpus()) {
        interval.vcpus.push_back(
            {vcpu.floor_units(), vcpu.idle(), vcpu.has_state(), vcpu.state_offset()});
    }
    for (const v1::RecordBlock& block : from.blocks()) {
        interval.blocks.push_back({block.vcpu(), block.count(), block.base_units(), block.offset(),
                                   block.base_program()});
    }
    for (const v1::Access& access : from.accesses()) {
        interval.accesses.push_back({access.id(),
                                     access.vcpu(),
                                     access.at_ps(),
                                     access.address(),
                                     access.size_bytes(),
                                     access.store(),
                                     {access.data().begin(), access.data().end()},
                                     false});
    }
    interval.payload = std::move(payload);
    return interval;
}

FramesRequest toFrames(const v1::Frames& from, const std::vector<uint8_t>& payload) {
    FramesRequest frames;
    frames.number = from.number();
    frames.horizonPs = from.horizon_ps();
    if (from.has_departures()) {
        const v1::FrameBlock& block = from.departures();
        frames.departures =
            decodeFrames(payload, block.offset(), block.count(), block.size_bytes());
    }
    return frames;
}

Bye toBye(const v1::Bye& from) {
    if (from.code() < v1::Bye::DONE || from.code() > v1::Bye::INTERRUPTED) {
        throw ProtocolFault("Bye has the unknown code " + std::to_string(from.code()));
    }
    return {static_cast<ByeCode>(from.code()), from.text(), from.time_ps()};
}

}  // namespace

Frames encode(uint64_t sequence, const Hello& hello) {
    v1::Envelope message = envelope(sequence);
    v1::Hello& to = *message.mutable_hello();
    to.set_version(kProtocolVersion);
    to.set_peer(hello.peer);
    to.set_software(hello.software);
    to.set_software_version(hello.softwareVersion);
    to.set_ticks_per_second(kTicksPerSecond);
    to.set_line_size_bytes(hello.lineSizeBytes);
    to.set_vcpus(hello.vcpus);
    if (hello.lookaheadPs == 0) {
        to.add_issue_sets("inorder");
        to.add_issue_sets("interval");
    }
    to.set_min_latency_ps(hello.minLatencyPs);
    to.set_process_id(hello.processId);
    for (const std::string& feature : hello.features) {
        to.add_features(feature);
    }
    to.set_ports(hello.ports);
    to.set_lookahead_ps(hello.lookaheadPs);
    return framesOf(message);
}

Frames encode(uint64_t sequence, const IntervalDone& done) {
    v1::Envelope message = envelope(sequence);
    v1::IntervalDone& to = *message.mutable_interval_done();
    std::vector<uint8_t> payload;
    to.set_number(done.number);
    to.set_reached_ps(done.reachedPs);
    for (const VcpuOutput& output : done.vcpus) {
        v1::VcpuOutput& vcpu = *to.add_vcpus();
        vcpu.set_issued(output.issued);
        vcpu.set_state_offset(payload.size());
        encodeState(output.state, payload);
        vcpu.set_open_count(static_cast<uint32_t>(output.open.size()));
        vcpu.set_open_offset(payload.size());
        encodeOpen(output.open, payload);
        vcpu.set_drop_count(static_cast<uint32_t>(output.drops.size()));
        vcpu.set_drop_offset(payload.size());
        encodeLines(output.drops, payload);
        vcpu.set_answered(output.answered);
        vcpu.set_latency_sum_ps(output.latencySumPs);
        vcpu.set_latency_max_ps(output.latencyMaxPs);
        vcpu.set_overload_lag_ps(output.overloadLagPs);
        for (const auto& [bin, count] : output.latencyBins) {
            vcpu.add_latency_bins(bin);
            vcpu.add_latency_bins(count);
        }
        vcpu.set_latency_min_ps(output.latencyMinPs);
        if (!output.answers.empty()) {
            vcpu.set_answer_count(static_cast<uint32_t>(output.answers.size()));
            vcpu.set_answer_offset(payload.size());
            encodeAnswers(output.answers, payload);
        }
    }
    for (const Completion& completion : done.completions) {
        v1::Completion& of = *to.add_completions();
        of.set_id(completion.id);
        of.set_at_ps(completion.atPs);
        of.set_data(completion.data.data(), completion.data.size());
    }
    return {message.SerializeAsString(), std::move(payload)};
}

Frames encode(uint64_t sequence, const FramesDone& done) {
    v1::Envelope message = envelope(sequence);
    v1::FramesDone& to = *message.mutable_frames_done();
    std::vector<uint8_t> payload;
    to.set_number(done.number);
    to.set_reached_ps(done.reachedPs);
    to.set_earliest_ps(done.earliestPs);
    if (!done.arrivals.empty()) {
        v1::FrameBlock& block = *to.mutable_arrivals();
        block.set_count(static_cast<uint32_t>(done.arrivals.size()));
        block.set_offset(payload.size());
        block.set_size_bytes(encodeFrames(done.arrivals, payload));
    }
    return {message.SerializeAsString(), std::move(payload)};
}

Frames encode(uint64_t sequence, const Bye& bye) {
    v1::Envelope message = envelope(sequence);
    v1::Bye& to = *message.mutable_bye();
    to.set_code(static_cast<v1::Bye::Code>(bye.code));
    to.set_text(bye.text);
    to.set_time_ps(bye.timePs);
    return framesOf(message);
}

Frames encodeStatisticsDone(uint64_t sequence) {
    v1::Envelope message = envelope(sequence);
    (void)message.mutable_statistics_done();
    return framesOf(message);
}

Frames encodePause(uint64_t sequence, const std::string& reason) {
    v1::Envelope message = envelope(sequence);
    message.mutable_pause()->set_reason(reason);
    return framesOf(message);
}

Frames encodeResume(uint64_t sequence) {
    v1::Envelope message = envelope(sequence);
    (void)message.mutable_resume();
    return framesOf(message);
}

Frames encodeHeartbeat(const std::string& peer, uint64_t progress, uint64_t timePs) {
    v1::Envelope message = envelope(0);
    v1::Heartbeat& to = *message.mutable_heartbeat();
    to.set_peer(peer);
    to.set_progress(progress);
    to.set_time_ps(timePs);
    return framesOf(message);
}

FromWorker decode(const void* header, size_t headerBytes, std::vector<uint8_t> payload,
                  uint64_t sequence) {
    v1::Envelope message;
    if (headerBytes > kHeaderBytesMax ||
        !message.ParseFromArray(header, static_cast<int>(headerBytes))) {
        throw ProtocolFault("a header of " + std::to_string(headerBytes) + " bytes can't be read");
    }
    if (message.sequence() != sequence) {
        throw ProtocolFault("message " + std::to_string(message.sequence()) + " where " +
                            std::to_string(sequence) + " was due");
    }
    FromWorker result;
    switch (message.body_case()) {
        case v1::Envelope::kWelcome:
            result.type = FromWorker::Type::Welcome;
            result.welcome = toWelcome(message.welcome());
            return result;
        case v1::Envelope::kInterval:
            result.type = FromWorker::Type::Interval;
            result.interval = toInterval(message.interval(), std::move(payload));
            return result;
        case v1::Envelope::kFrames:
            result.type = FromWorker::Type::Frames;
            result.frames = toFrames(message.frames(), payload);
            return result;
        case v1::Envelope::kStatistics: {
            const v1::Statistics& from = message.statistics();
            result.type = FromWorker::Type::Statistics;
            result.statistics = {from.dump(), from.reset(), from.label(), from.time_ps()};
            return result;
        }
        case v1::Envelope::kBye:
            result.type = FromWorker::Type::Bye;
            result.bye = toBye(message.bye());
            return result;
        default:
            throw ProtocolFault("message " + std::to_string(sequence) + " is none for a peer (" +
                                std::to_string(static_cast<int>(message.body_case())) + ")");
    }
}

}  // namespace dilaton::cosim::wire
