#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "LearningSwitch.h"
#include "ScriptedWorker.h"
#include "TestSeed.h"
#include "dilaton/Errors.h"
#include "dilaton/FrameColumns.h"
#include "dilaton/NetworkHost.h"

// A network's end of the wire, against a coordinator that a test scripts.
namespace dilaton::cosim::test {

namespace {

constexpr uint64_t kLatencyPs = 500'000;
constexpr uint64_t kReceivePs = 100'000;

peer::SwitchOptions switchOptions() {
    return {kLatencyPs, 8'000'000'000'000, kReceivePs, 0};  // 1 ps a byte
}

Frame frame(uint64_t timePs, uint32_t port, uint8_t to, uint8_t from, size_t bytes = 64) {
    Frame result{timePs, port, std::vector<uint8_t>(bytes, 0)};
    result.bytes[0] = to == 0xff ? 0xff : 2;
    result.bytes[5] = to;
    result.bytes[6] = 2;
    result.bytes[11] = from;
    return result;
}

// A switch on a thread, and the coordinator's end of the wire to it.
class Network : public ::testing::Test {
  protected:
    Network()
        : thread_([this] {
              try {
                  serve();
              } catch (const Error& why) {
                  error_ = why.what();
              }
          }) {
        Welcome welcome;
        welcome.version = kProtocolVersion;
        welcome.ports = 4;
        hello_ = coordinator_.welcome(welcome);
    }

    ~Network() override {
        coordinator_.close();
        thread_.join();
    }

    void serve() {
        peer::LearningSwitch network(switchOptions());
        NetworkOptions options;
        options.peer.endpoint = coordinator_.endpoint();
        options.peer.peer = "mem";
        options.leastLatencyPs = kLatencyPs;
        options.receiveLatencyPs = kReceivePs;
        NetworkHost host(network, options);
        network.run(host);
        host.finish();
    }

    void send(uint64_t horizonPs, const std::vector<Frame>& departures) {
        v1::Envelope message;
        v1::Frames& frames = *message.mutable_frames();
        std::vector<uint8_t> payload;
        frames.set_number(++number_);
        frames.set_horizon_ps(horizonPs);
        if (!departures.empty()) {
            frames.mutable_departures()->set_count(static_cast<uint32_t>(departures.size()));
            frames.mutable_departures()->set_size_bytes(encodeFrames(departures, payload));
        }
        coordinator_.send(message, payload);
    }

    FramesDone receive() {
        const v1::Envelope message = coordinator_.receive();
        EXPECT_TRUE(message.has_frames_done()) << message.bye().text();
        const v1::FramesDone& from = message.frames_done();
        const v1::FrameBlock& block = from.arrivals();
        return {from.number(), from.reached_ps(), from.earliest_ps(),
                decodeFrames(coordinator_.payload(), block.offset(), block.count(),
                             block.size_bytes())};
    }

    FramesDone advance(uint64_t horizonPs, const std::vector<Frame>& departures) {
        send(horizonPs, departures);
        FramesDone done = receive();
        EXPECT_EQ(done.number, number_);
        EXPECT_LE(done.reachedPs, horizonPs);
        EXPECT_GT(done.earliestPs, done.reachedPs == UINT64_MAX ? 0 : done.reachedPs);
        return done;
    }

    ScriptedWorker coordinator_;
    v1::Hello hello_;
    uint64_t number_ = 0;
    std::string error_;
    std::thread thread_;
};

}  // namespace

TEST_F(Network, SaysWhatItIs) {
    EXPECT_EQ(hello_.lookahead_ps(), kLatencyPs + kReceivePs);
    EXPECT_EQ(hello_.issue_sets_size(), 0);
    EXPECT_NE(std::find(hello_.features().begin(), hello_.features().end(), "network"),
              hello_.features().end());
}

TEST_F(Network, AnArrivalIsKnownAheadOfItsTime_AndTimeStopsThere) {
    // Nobody knows where 7 is: it floods.
    const FramesDone first = advance(50'000'000, {frame(1'000, 0, 7, 1, 100)});
    const uint64_t arrival = 1'000 + kLatencyPs + 100 + kReceivePs;
    ASSERT_EQ(first.arrivals.size(), 3U);
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_EQ(first.arrivals[i].timePs, arrival);
        EXPECT_EQ(first.arrivals[i].port, i + 1);
        EXPECT_EQ(first.arrivals[i].bytes, frame(0, 0, 7, 1, 100).bytes);
    }
    EXPECT_EQ(first.reachedPs, arrival);
    EXPECT_EQ(first.earliestPs, UINT64_MAX);
    // 1 is known to be at port 0 now.
    const FramesDone second = advance(UINT64_MAX, {frame(arrival, 2, 1, 7)});
    ASSERT_EQ(second.arrivals.size(), 1U);
    EXPECT_EQ(second.arrivals[0].port, 0U);
    EXPECT_EQ(second.arrivals[0].timePs, arrival + kLatencyPs + 64 + kReceivePs);
    const FramesDone third = advance(UINT64_MAX, {frame(arrival + 9'000'000, 3, 7, 9)});
    ASSERT_EQ(third.arrivals.size(), 1U);
    EXPECT_EQ(third.arrivals[0].port, 2U);
}

TEST_F(Network, WithoutAnArrivalTimeGoesToTheHorizon_AndWhatIsPromisedHolds) {
    const FramesDone first = advance(400'000, {frame(1'000, 0, 0xff, 1)});
    EXPECT_EQ(first.reachedPs, 400'000U);
    EXPECT_EQ(first.earliestPs, 400'000 + kReceivePs);
    const FramesDone second = advance(450'000, {});
    EXPECT_EQ(second.earliestPs, 450'000 + kReceivePs);
    // What departs behind the horizon waits for its time.
    const FramesDone third = advance(460'000, {frame(500'000, 1, 1, 2)});
    EXPECT_EQ(third.earliestPs, 460'000 + kReceivePs);
    const FramesDone fourth = advance(UINT64_MAX, {});
    EXPECT_EQ(fourth.arrivals.size(), 3U);
    EXPECT_EQ(fourth.reachedPs, 1'000 + kLatencyPs + 64 + kReceivePs);
    const FramesDone fifth = advance(UINT64_MAX, {});
    ASSERT_EQ(fifth.arrivals.size(), 1U);
    EXPECT_EQ(fifth.arrivals[0].timePs, 500'000 + kLatencyPs + 64 + kReceivePs);
    EXPECT_EQ(fifth.earliestPs, UINT64_MAX);
}

TEST_F(Network, WhatIsDroppedEndsTheWait) {
    const FramesDone learned = advance(UINT64_MAX, {frame(0, 3, 0xff, 9)});
    EXPECT_EQ(learned.arrivals.size(), 3U);
    // To itself: a switch sends nothing back.
    const FramesDone done = advance(UINT64_MAX, {frame(90'000'000, 3, 9, 9)});
    EXPECT_EQ(done.arrivals.size(), 0U);
    EXPECT_EQ(done.reachedPs, UINT64_MAX);
    EXPECT_EQ(done.earliestPs, UINT64_MAX);
}

TEST_F(Network, ByeIsAnswered) {
    (void)advance(10, {});
    coordinator_.sendBye(v1::Bye::DONE, "");
    EXPECT_EQ(coordinator_.receive().bye().code(), v1::Bye::DONE);
}

TEST_F(Network, FramesOutOfOrderAreRefused) {
    send(1'000, {frame(5, 1, 1, 1), frame(5, 0, 1, 1)});
    EXPECT_EQ(coordinator_.receive().bye().code(), v1::Bye::PROTOCOL_FAULT);
}

TEST_F(Network, APortThatIsNotThereIsRefused) {
    send(1'000, {frame(5, 4, 1, 1)});
    EXPECT_EQ(coordinator_.receive().bye().code(), v1::Bye::PROTOCOL_FAULT);
}

TEST_F(Network, AHorizonThatHasPassedIsRefused) {
    (void)advance(1'000, {});
    send(1'000, {});
    EXPECT_EQ(coordinator_.receive().bye().code(), v1::Bye::PROTOCOL_FAULT);
}

TEST(FrameColumns, Frames_ComeBackAsTheyWere_AndHostileOnesAreRefusedOrSound) {
    std::vector<Frame> frames;
    for (uint32_t i = 0; i < 7; i++) {
        frames.push_back(frame(i * 10, i % 3, 1, 2, 14 + i));
    }
    std::vector<uint8_t> payload;
    const uint64_t size = encodeFrames(frames, payload);
    const std::vector<Frame> back = decodeFrames(payload, 0, 7, size);
    ASSERT_EQ(back.size(), frames.size());
    for (size_t i = 0; i < back.size(); i++) {
        EXPECT_EQ(back[i].timePs, frames[i].timePs);
        EXPECT_EQ(back[i].port, frames[i].port);
        EXPECT_EQ(back[i].bytes, frames[i].bytes);
    }
    EXPECT_THROW((void)decodeFrames(payload, 0, 7, size + 1), ProtocolFault);
    EXPECT_THROW((void)decodeFrames(payload, 4, 7, size), ProtocolFault);
    EXPECT_THROW((void)decodeFrames(payload, 0, UINT32_MAX, size), ProtocolFault);
    EXPECT_THROW((void)decodeFrames(payload, 0, 7, UINT64_MAX - 3), ProtocolFault);
    std::mt19937_64 random(seeds(1).front());
    int refused = 0;
    for (int i = 0; i < 20'000; i++) {
        std::vector<uint8_t> damaged = payload;
        damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
        try {
            for (const Frame& read : decodeFrames(damaged, 0, 7, size)) {
                ASSERT_GT(read.bytes.size(), 0U);
                ASSERT_LE(read.bytes.size(), size);
            }
        } catch (const ProtocolFault&) {
            refused++;
        }
    }
    EXPECT_GT(refused, 1'000);
}

}  // namespace dilaton::cosim::test
