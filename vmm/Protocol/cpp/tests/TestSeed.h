#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace dilaton::cosim::test {

// Seeds of a random test: `./test --seed N` moves them, `./test soak` takes 50 times as many.
inline std::vector<uint64_t> seeds(uint64_t count) {
    count *= std::getenv("DILATON_TEST_SOAK") == nullptr ? 1 : 50;
    const char* base = std::getenv("DILATON_TEST_SEED");
    const uint64_t first = (base == nullptr ? 1 : std::strtoull(base, nullptr, 10)) * 100'000;
    std::vector<uint64_t> result;
    for (uint64_t i = 0; i < count; i++) {
        result.push_back(first + i);
    }
    return result;
}

}  // namespace dilaton::cosim::test
