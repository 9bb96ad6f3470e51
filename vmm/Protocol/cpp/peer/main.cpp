// dilaton-peer: a stand-alone peer with a latency and a bandwidth.
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "FaultInjector.h"
#include "FlatEventHost.h"
#include "FlatMemory.h"
#include "LearningSwitch.h"
#include "PeerArguments.h"
#include "ScratchDevice.h"
#include "dilaton/Errors.h"
#include "dilaton/EventPeer.h"
#include "dilaton/ModelPeer.h"
#include "dilaton/NetworkHost.h"

namespace dilaton::peer {

namespace {

// Appends the memory's statistics to a file, if there is one.
class StatisticsFile {
  public:
    StatisticsFile(FlatMemory& memory, const std::string& path) : memory_(memory) {
        if (!path.empty()) {
            file_.open(path, std::ios::trunc);
            if (!file_) {
                throw cosim::HostFault("can't write '" + path + "'");
            }
        }
    }

    void serve(const cosim::StatisticsRequest& request) {
        if (request.dump) {
            write(request.label, request.timePs);
        }
        if (request.reset) {
            memory_.resetStatistics();
        }
    }

    void write(const std::string& label, uint64_t timePs) {
        if (file_.is_open()) {
            file_ << "label " << label << "\ntimePs " << timePs << "\n" << memory_.statistics();
            file_.flush();
        }
    }

  private:
    FlatMemory& memory_;
    std::ofstream file_;
};

class FlatModel : public cosim::TimingModel {
  public:
    FlatModel(FlatMemory& memory, ScratchDevice& device, StatisticsFile& file)
        : memory_(memory), device_(device), file_(file) {}

    [[nodiscard]] uint64_t minLatencyPs() const override { return memory_.minLatencyPs(); }

    void latencies(const cosim::Request* requests, size_t count, uint64_t* latenciesPs) override {
        for (size_t i = 0; i < count; i++) {
            const cosim::Request& request = requests[i];
            latenciesPs[i] = memory_.serve(request.atPs, request.line, request.kind);
            lastPs_ = request.atPs;
        }
    }

    uint64_t access(const cosim::Access& access, std::vector<uint8_t>& data) override {
        lastPs_ = access.atPs;
        return device_.serve(access, access.atPs, data);
    }

    void statistics(const cosim::StatisticsRequest& request) override { file_.serve(request); }

    [[nodiscard]] uint64_t lastPs() const { return lastPs_; }

  private:
    FlatMemory& memory_;
    ScratchDevice& device_;
    StatisticsFile& file_;
    uint64_t lastPs_ = 0;
};

void serveNetwork(const PeerArguments& arguments) {
    LearningSwitch network(arguments.network);
    cosim::NetworkOptions options;
    options.peer = cosim::PeerOptions::fromEnvironment();
    options.peer.software = "dilaton-peer";
    options.peer.softwareVersion = "1";
    options.ports = arguments.network.ports;
    options.leastLatencyPs = arguments.network.latencyPs;
    options.receiveLatencyPs = arguments.network.receiveLatencyPs;
    cosim::NetworkHost host(network, options);
    network.run(host);
    if (!arguments.statisticsFile.empty()) {
        std::ofstream(arguments.statisticsFile, std::ios::trunc) << network.statistics();
    }
    host.finish();
}

// The worker is told why, if the device is not for its windows.
template <typename Peer>
void setWindows(Peer& peer, ScratchDevice& device) {
    try {
        device.setWindows(peer.welcome().windows);
    } catch (const cosim::HostFault& why) {
        peer.fail(why);
        throw;
    }
}

void serve(const PeerArguments& arguments) {
    if (arguments.isNetwork) {
        serveNetwork(arguments);
        return;
    }
    cosim::PeerOptions options = cosim::PeerOptions::fromEnvironment();
    options.software = "dilaton-peer";
    options.softwareVersion = "1";
    options.lineSizeBytes = arguments.memory.lineSizeBytes;
    FlatMemory memory(arguments.memory);
    options.windows = true;
    ScratchDevice device(memory, arguments.deviceLatencyPs);
    StatisticsFile file(memory, arguments.statisticsFile);
    FaultInjector faults(arguments.faults);
    if (arguments.eventDriven) {
        options.minLatencyPs = memory.minLatencyPs();
        FlatEventHost host(memory, device,
                           [&file](const cosim::StatisticsRequest& r) { file.serve(r); });
        cosim::EventPeer peer(host, options, &faults);
        setWindows(peer, device);
        host.run(peer);
        file.write("end", host.nowPs());
        peer.finish();
        return;
    }
    FlatModel model(memory, device, file);
    cosim::ModelPeer peer(model, options, &faults);
    setWindows(peer, device);
    peer.run();
    file.write("end", model.lastPs());
    peer.finish();
}

}  // namespace

}  // namespace dilaton::peer

int main(int count, char** arguments) {
    try {
        const dilaton::peer::PeerArguments parsed = dilaton::peer::parseArguments(count, arguments);
        if (parsed.help) {
            std::fputs(dilaton::peer::usage(), stdout);
            return 0;
        }
        dilaton::peer::serve(parsed);
        return 0;
    } catch (const std::invalid_argument& why) {
        std::fprintf(stderr, "dilaton-peer: %s\n%s", why.what(), dilaton::peer::usage());
        return 2;
    } catch (const std::exception& why) {
        std::fprintf(stderr, "dilaton-peer: %s\n", why.what());
        return 1;
    }
}
