// A peer for a memory of our own: banks that keep one row open. A request to the open row takes
// 80 ns, one to another row 110 ns, and a bank serves one request at a time.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <vector>

#include "dilaton/ModelPeer.h"

namespace {

using dilaton::cosim::Request;

class OpenRowMemory : public dilaton::cosim::TimingModel {
  public:
    [[nodiscard]] uint64_t minLatencyPs() const override { return kHitPs; }

    void latencies(const Request* requests, size_t count, uint64_t* latenciesPs) override {
        for (size_t i = 0; i < count; i++) {
            latenciesPs[i] = serve(requests[i]);
        }
    }

    void statistics(const dilaton::cosim::StatisticsRequest& request) override {
        if (request.dump) {
            std::fprintf(stderr, "%s: %lu of %lu requests hit an open row\n", request.label.c_str(),
                         hits_, requests_);
        }
        if (request.reset) {
            hits_ = requests_ = 0;
        }
    }

  private:
    static constexpr uint64_t kHitPs = 80'000;
    static constexpr uint64_t kMissPs = 110'000;
    static constexpr uint64_t kRowBytes = 8192;
    static constexpr uint64_t kNoRow = UINT64_MAX;

    struct Bank {
        uint64_t openRow = kNoRow;
        uint64_t freePs = 0;
    };

    uint64_t serve(const Request& request) {
        const uint64_t row = request.line / kRowBytes;
        Bank& bank = banks_[row % banks_.size()];
        const bool isHit = bank.openRow == row;
        const uint64_t begin = std::max(request.atPs, bank.freePs);
        bank.openRow = row;
        bank.freePs = begin + (isHit ? kHitPs : kMissPs);
        hits_ += isHit ? 1 : 0;
        requests_++;
        return bank.freePs - request.atPs;
    }

    std::vector<Bank> banks_{16};
    uint64_t hits_ = 0;
    uint64_t requests_ = 0;
};

}  // namespace

int main() {
    try {
        OpenRowMemory memory;
        auto options = dilaton::cosim::PeerOptions::fromEnvironment();
        options.software = "open-row";
        dilaton::cosim::ModelPeer peer(memory, options);
        peer.run();
        peer.finish();
        return 0;
    } catch (const std::exception& why) {
        std::fprintf(stderr, "open-row: %s\n", why.what());
        return 1;
    }
}
