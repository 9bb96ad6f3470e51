#include "PeerArguments.h"

#include <stdexcept>
#include <vector>

namespace dilaton::peer {

namespace {

struct Unit {
    const char* name;
    uint64_t scale;
};

[[noreturn]] void refuse(const std::string& text, const char* why) {
    throw std::invalid_argument("'" + text + "' " + why);
}

uint64_t parseQuantity(const std::string& text, const std::vector<Unit>& units) {
    const size_t end = text.find_first_not_of("0123456789.");
    const std::string number = text.substr(0, end);
    const std::string unit = end == std::string::npos ? "" : text.substr(end);
    for (const Unit& known : units) {
        if (unit != known.name) {
            continue;
        }
        unsigned __int128 value = 0;
        unsigned __int128 divisor = 1;
        bool isFraction = false;
        if (number.empty() || number.size() > 18 || number == ".") {
            refuse(text, "is not a number with a unit");
        }
        for (char c : number) {
            if (c == '.') {
                if (isFraction) {
                    refuse(text, "is not a number");
                }
                isFraction = true;
                continue;
            }
            value = value * 10 + static_cast<unsigned>(c - '0');
            divisor *= isFraction ? 10 : 1;
        }
        value *= known.scale;
        if (value % divisor != 0 || value / divisor > UINT64_MAX) {
            refuse(text, "is finer than the smallest unit, or too large");
        }
        return static_cast<uint64_t>(value / divisor);
    }
    refuse(text, "has no unit that is known here");
}

uint64_t parseNumber(const std::string& text) {
    return parseQuantity(text, {{"", 1}});
}

FaultKind parseFaultKind(const std::string& text) {
    static const struct {
        const char* name;
        FaultKind kind;
    } kinds[] = {{"die-at", FaultKind::Die},
                 {"hang-at", FaultKind::Hang},
                 {"twice-at", FaultKind::Twice},
                 {"out-of-order-at", FaultKind::OutOfOrder},
                 {"garbage-at", FaultKind::Garbage},
                 {"flood-at", FaultKind::Flood},
                 {"early-at", FaultKind::Early},
                 {"complete-twice-at", FaultKind::CompleteTwice},
                 {"complete-unknown-at", FaultKind::CompleteUnknown},
                 {"complete-early-at", FaultKind::CompleteEarly},
                 {"complete-short-at", FaultKind::CompleteShort},
                 {"complete-never-at", FaultKind::CompleteNever}};
    for (const auto& known : kinds) {
        if (text == known.name) {
            return known.kind;
        }
    }
    refuse(text, "is no fault");
}

void parseFault(const std::string& text, FaultOptions& faults) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) {
        refuse(text, "is not FAULT=N");
    }
    faults.kind = parseFaultKind(text.substr(0, equals));
    faults.interval = parseNumber(text.substr(equals + 1));
}

void parseDelay(const std::string& text, FaultOptions& faults) {
    const size_t colon = text.find(':');
    if (colon == std::string::npos) {
        refuse(text, "is not MIN:MAX");
    }
    faults.delayMinPs = parsePicoseconds(text.substr(0, colon));
    faults.delayMaxPs = parsePicoseconds(text.substr(colon + 1));
    if (faults.delayMaxPs < faults.delayMinPs) {
        refuse(text, "has a MAX below its MIN");
    }
}

}  // namespace

const char* usage() {
    return "usage: dilaton-peer [--network] --latency TIME --bandwidth RATE [options]\n"
           "Times a node's memory: a flat latency behind channels of finite bandwidth. With\n"
           "--network an Ethernet switch that learns addresses. Dials the worker, or the\n"
           "coordinator, at DILATON_ENDPOINT as DILATON_PEER.\n\n"
           "  --latency TIME      from a request to its answer, such as 80ns\n"
           "  --bandwidth RATE    of all channels together, such as 25.6GB/s\n"
           "  --channels N        consecutive lines go to consecutive channels (default 1)\n"
           "  --line BYTES        line size (default 64)\n"
           "  --stats FILE        appends the statistics to FILE when asked for, and at the end\n"
           "  --device-latency TIME  behind windows of kind device lie registers, which serve one\n"
           "                      access at a time for so long: bytes; at 0 the number of "
           "accesses\n"
           "                      so far, at 0x18 the sum of the words at 8 and 0x10\n"
           "  --event-driven      serves the requests through an event queue\n\n"
           "of a network, whose --latency is from a port to the switch and whose --bandwidth is\n"
           "each port's:\n"
           "  --receive-latency TIME  from a port to the node (default 1ns)\n"
           "  --ports N           that it has (default: as many as the job)\n\n"
           "for tests of the other end:\n"
           "  --delay-host A:B    sleeps in every interval for a random host time, such as "
           "0ms:5ms\n"
           "  --seed N            of what is random (default 1)\n"
           "  --fault WHAT=N      in interval N: die-at, hang-at, twice-at (the answer comes\n"
           "                      twice), out-of-order-at (its number is a later one's),\n"
           "                      garbage-at (bytes that are no message), flood-at (answers\n"
           "                      without end), early-at (stall below the least latency),\n"
           "                      complete-twice-at, complete-unknown-at, complete-early-at,\n"
           "                      complete-short-at, complete-never-at (what is told of accesses "
           "to\n"
           "                      windows)\n";
}

PeerArguments parseArguments(int count, const char* const* arguments) {
    PeerArguments result;
    const std::vector<std::string> words(arguments + 1, arguments + count);
    for (size_t i = 0; i < words.size(); i++) {
        const std::string& name = words[i];
        if (name == "--help" || name == "-h") {
            result.help = true;
            return result;
        }
        if (name == "--network") {
            result.isNetwork = true;
            continue;
        }
        if (name == "--event-driven") {
            result.eventDriven = true;
            continue;
        }
        if (i + 1 == words.size()) {
            refuse(name, "is no option, or needs a value");
        }
        const std::string& value = words[++i];
        if (name == "--latency") {
            result.memory.latencyPs = result.network.latencyPs = parsePicoseconds(value);
        } else if (name == "--device-latency") {
            result.deviceLatencyPs = parsePicoseconds(value);
        } else if (name == "--bandwidth") {
            result.memory.bandwidthBitsPerSecond = parseBitsPerSecond(value);
            result.network.bandwidthBitsPerSecond = result.memory.bandwidthBitsPerSecond;
        } else if (name == "--receive-latency") {
            result.network.receiveLatencyPs = parsePicoseconds(value);
        } else if (name == "--ports") {
            result.network.ports = static_cast<uint32_t>(parseNumber(value));
        } else if (name == "--channels") {
            result.memory.channels = static_cast<uint32_t>(parseNumber(value));
        } else if (name == "--line") {
            result.memory.lineSizeBytes = static_cast<uint32_t>(parseNumber(value));
        } else if (name == "--stats") {
            result.statisticsFile = value;
        } else if (name == "--delay-host") {
            parseDelay(value, result.faults);
        } else if (name == "--seed") {
            result.faults.seed = parseNumber(value);
        } else if (name == "--fault") {
            parseFault(value, result.faults);
        } else {
            refuse(name, "is no option");
        }
    }
    if (result.isNetwork) {
        result.network.validate();
    } else {
        result.memory.validate();
    }
    return result;
}

uint64_t parsePicoseconds(const std::string& text) {
    return parseQuantity(text, {{"ps", 1},
                                {"ns", 1'000},
                                {"us", 1'000'000},
                                {"ms", 1'000'000'000},
                                {"s", 1'000'000'000'000}});
}

uint64_t parseBitsPerSecond(const std::string& text) {
    return parseQuantity(text, {{"bps", 1},
                                {"kbps", 1'000},
                                {"Mbps", 1'000'000},
                                {"Gbps", 1'000'000'000},
                                {"Tbps", 1'000'000'000'000},
                                {"B/s", 8},
                                {"kB/s", 8'000},
                                {"MB/s", 8'000'000},
                                {"GB/s", 8'000'000'000},
                                {"TB/s", 8'000'000'000'000},
                                {"KiB/s", uint64_t{8} << 10},
                                {"MiB/s", uint64_t{8} << 20},
                                {"GiB/s", uint64_t{8} << 30}});
}

}  // namespace dilaton::peer
