#include "FlatMemory.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "PeerArguments.h"

namespace dilaton::peer::test {

namespace {

PeerArguments parse(std::vector<const char*> words) {
    words.insert(words.begin(), "dilaton-peer");
    return parseArguments(static_cast<int>(words.size()), words.data());
}

}  // namespace

// tests/vectors/dram: the same file holds for models/Memory/Dram/FlatDram.cs.
TEST(FlatMemory, EveryVectorHolds) {
    std::ifstream file(DILATON_VECTORS "/dram/flat.txt");
    std::string line;
    int checks = 0;
    FlatMemory memory({1, 8'000'000, 1, 64});
    while (std::getline(file, line)) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string command;
        if (!(words >> command)) {
            continue;
        }
        if (command == "dram") {
            FlatMemoryOptions options;
            words >> options.latencyPs >> options.bandwidthBitsPerSecond >> options.channels >>
                options.lineSizeBytes;
            memory = FlatMemory(options);
            continue;
        }
        uint64_t at = 0;
        uint64_t address = 0;
        unsigned kind = 0;
        std::string arrow;
        uint64_t latency = 0;
        std::istringstream request(line);
        request >> at >> address >> kind >> arrow >> latency;
        ASSERT_EQ(arrow, "->") << line;
        EXPECT_EQ(memory.serve(at, address, static_cast<cosim::MemoryKind>(kind)), latency) << line;
        checks++;
    }
    EXPECT_GT(checks, 100);
}

TEST(FlatMemory, ALineOccupiesItsChannel) {
    // 64 B at 6.4 GB/s are 10 ns.
    FlatMemory memory({80'000, 51'200'000'000, 1, 64});
    EXPECT_EQ(memory.serve(1000, 0, cosim::MemoryKind::Load), 80'000U);
    EXPECT_EQ(memory.serve(1000, 64, cosim::MemoryKind::Load), 90'000U);
    EXPECT_EQ(memory.serve(2000, 64, cosim::MemoryKind::Writeback), 80'000U);
    EXPECT_EQ(memory.serve(50'000, 64, cosim::MemoryKind::Load), 80'000U);
    EXPECT_NE(memory.statistics().find("reads 3\nwrites 1\n"), std::string::npos);
    memory.resetStatistics();
    EXPECT_NE(memory.statistics().find("reads 0\nwrites 0\n"), std::string::npos);
}

TEST(PeerArguments, QuantitiesAreExact) {
    EXPECT_EQ(parsePicoseconds("80ns"), 80'000U);
    EXPECT_EQ(parsePicoseconds("1.5ns"), 1'500U);
    EXPECT_EQ(parseBitsPerSecond("25.6GB/s"), 204'800'000'000U);
    EXPECT_EQ(parseBitsPerSecond("1KiB/s"), 8'192U);
    for (const char* bad : {"", "80", "ns", ".ns", "1.2.3ns", "0.5ps", "1x",
                            "99999999999999999999s", "-1ns", "99999999s"}) {
        EXPECT_THROW((void)parsePicoseconds(bad), std::invalid_argument) << bad;
    }
}

TEST(PeerArguments, EachMistakeIsRefused) {
    const PeerArguments good = parse({"--latency", "80ns", "--bandwidth", "25.6GB/s", "--channels",
                                      "2", "--line", "128", "--fault", "flood-at=3"});
    EXPECT_EQ(good.memory.channels, 2U);
    EXPECT_EQ(good.memory.lineSizeBytes, 128U);
    EXPECT_EQ(good.faults.kind, FaultKind::Flood);
    EXPECT_EQ(good.faults.interval, 3U);
    EXPECT_TRUE(parse({"--help"}).help);
    const std::vector<const char*> base{"--latency", "80ns", "--bandwidth", "25.6GB/s"};
    const std::vector<std::vector<const char*>> mistakes{{"--channels", "0"},
                                                         {"--channels", "65"},
                                                         {"--line", "48"},
                                                         {"--line", "512"},
                                                         {"--latency", "2ms"},
                                                         {"--latency", "0ns"},
                                                         {"--bandwidth", "1kB/s"},
                                                         {"--fault", "die-at"},
                                                         {"--fault", "sing-at=2"},
                                                         {"--delay-host", "3ms"},
                                                         {"--delay-host", "3ms:1ms"},
                                                         {"--colour", "red"},
                                                         {"--stats"}};
    for (std::vector<const char*> mistake : mistakes) {
        mistake.insert(mistake.begin(), base.begin(), base.end());
        EXPECT_THROW((void)parse(mistake), std::invalid_argument) << mistake[4];
    }
}

}  // namespace dilaton::peer::test
