#include "dilaton/Ring.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "dilaton/Errors.h"

namespace dilaton::cosim {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kCapacity = 4096;

// A ring as a worker makes it, in a memory file.
class RingFile {
  public:
    explicit RingFile(const Bytes& content) : file_(memfd_create("ring-test", 0)) {
        EXPECT_EQ(write(file_, content.data(), content.size()),
                  static_cast<ssize_t>(content.size()));
    }
    ~RingFile() { close(file_); }
    RingFile(const RingFile&) = delete;
    RingFile& operator=(const RingFile&) = delete;

    [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

    [[nodiscard]] Bytes content() const {
        Bytes bytes(4096 + 2 * kCapacity);
        EXPECT_EQ(pread(file_, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

    void poke(off_t at, uint64_t value) const {
        EXPECT_EQ(pwrite(file_, &value, sizeof value, at), 8);
    }

  private:
    int file_;
};

Bytes vectorFile(const std::string& name) {
    std::ifstream file(std::string(DILATON_VECTORS) + "/ring/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Bytes message(size_t count, unsigned salt) {
    Bytes bytes(count);
    for (size_t i = 0; i < count; i++) {
        bytes[i] = static_cast<uint8_t>(i * 31 + salt);
    }
    return bytes;
}

bool writeTo(RingLane& lane, const Bytes& header, const Bytes& payload) {
    return lane.tryWrite(RingLane::Kind::Message, header.data(), header.size(), payload.data(),
                         payload.size());
}

TEST(Ring, ReadsAndWritesTheGoldenRing) {
    const Bytes full = vectorFile("full.bin");
    const RingFile read(full);
    Ring reader(read.path());
    for (RingLane* lane : {&reader.toPeer(), &reader.toWorker()}) {
        RingLane::Entry entry;
        ASSERT_TRUE(lane->tryRead(entry));
        EXPECT_EQ(entry.header, message(5, 1));
        EXPECT_EQ(entry.payload, message(1000, 2));
        ASSERT_TRUE(lane->tryRead(entry));
        EXPECT_EQ(entry.kind, RingLane::Kind::Elsewhere);
        ASSERT_TRUE(lane->tryRead(entry));
        EXPECT_EQ(entry.header, message(16, 3));
        EXPECT_TRUE(entry.payload.empty());
        EXPECT_FALSE(lane->tryRead(entry));
    }

    const RingFile written(vectorFile("empty.bin"));
    Ring writer(written.path());
    for (RingLane* lane : {&writer.toPeer(), &writer.toWorker()}) {
        ASSERT_TRUE(writeTo(*lane, message(5, 1), message(1000, 2)));
        ASSERT_TRUE(lane->tryWrite(RingLane::Kind::Elsewhere, nullptr, 0, nullptr, 0));
        ASSERT_TRUE(writeTo(*lane, message(16, 3), {}));
    }
    EXPECT_EQ(written.content(), full);
}

TEST(Ring, PassesMessagesBetweenThreadsThatSleep) {
    const RingFile file(vectorFile("empty.bin"));
    Ring worker(file.path());
    Ring peer(file.path());
    constexpr unsigned kRounds = 2000;
    std::thread echo([&] {
        RingLane::Entry entry;
        for (unsigned i = 0; i < kRounds; i++) {
            while (!peer.toPeer().tryRead(entry)) {
                peer.toPeer().wait(20, 1000);
            }
            (void)writeTo(peer.toWorker(), entry.header, entry.payload);
        }
    });
    RingLane::Entry entry;
    for (unsigned i = 0; i < kRounds; i++) {
        const Bytes sent = message(i % 1500, i);
        EXPECT_TRUE(writeTo(worker.toPeer(), {}, sent));
        while (!worker.toWorker().tryRead(entry)) {
            worker.toWorker().wait(20, 1000);
        }
        EXPECT_EQ(entry.payload, sent);
    }
    echo.join();
}

TEST(Ring, HasRoomForItsCapacityAndNoMore) {
    const RingFile file(vectorFile("empty.bin"));
    Ring ring(file.path());
    Ring reader(file.path());
    EXPECT_FALSE(writeTo(ring.toPeer(), {}, message(kCapacity - 15, 0)));
    EXPECT_TRUE(writeTo(ring.toPeer(), {}, message(kCapacity - 16, 0)));
    EXPECT_FALSE(writeTo(ring.toPeer(), {}, {}));
    RingLane::Entry entry;
    ASSERT_TRUE(reader.toPeer().tryRead(entry));
    EXPECT_EQ(entry.payload, message(kCapacity - 16, 0));
    EXPECT_TRUE(writeTo(ring.toPeer(), {}, message(kCapacity - 16, 1)));
    ASSERT_TRUE(reader.toPeer().tryRead(entry));
    EXPECT_EQ(entry.payload, message(kCapacity - 16, 1));
}

TEST(Ring, RefusesWhatCanNotBe) {
    constexpr off_t kWritten = 256;
    constexpr off_t kRead = 256 + 64;
    constexpr off_t kData = 4096;
    struct Case {
        off_t at;
        uint64_t value;
    };
    for (const Case& bad :
         {Case{kWritten, 8}, Case{kWritten, kCapacity + 16}, Case{kWritten, ~uint64_t{0}},
          Case{kData, 3}, Case{kData, 2 | (uint64_t{1} << 32)},
          Case{kData, 1 | (uint64_t{64} << 32)}, Case{kData + 8, 4096},
          Case{kData + 8, ~uint64_t{0}}}) {
        const RingFile file(vectorFile("empty.bin"));
        Ring ring(file.path());
        Ring reader(file.path());
        ASSERT_TRUE(writeTo(ring.toPeer(), message(1, 1), message(1, 2)));
        file.poke(bad.at, bad.value);
        RingLane::Entry entry;
        EXPECT_THROW((void)reader.toPeer().tryRead(entry), ProtocolFault) << bad.at;
    }
    const RingFile file(vectorFile("empty.bin"));
    Ring ring(file.path());
    file.poke(kRead, 16);
    EXPECT_THROW((void)writeTo(ring.toPeer(), {}, {}), ProtocolFault);
}

TEST(Ring, RefusesAFileThatIsNone) {
    Bytes content = vectorFile("empty.bin");
    content.pop_back();
    EXPECT_THROW(Ring(RingFile(content).path()), ProtocolFault);
    EXPECT_THROW(Ring(RingFile({}).path()), ProtocolFault);
    EXPECT_THROW(Ring("/nowhere"), Refused);
}

}  // namespace
}  // namespace dilaton::cosim
