#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace dilaton::cosim::test {

// Seeds of a random test: `./test --seed N` moves them.
inline std::vector<uint64_t> seeds(uint64_t count) {
    const char* base = std::getenv("DILATON_TEST_SEED");
    const uint64_t first = (base == nullptr ? 1 : std::strtoull(base, nullptr, 10)) * 1000;
    std::vector<uint64_t> result;
    for (uint64_t i = 0; i < count; i++) {
        result.push_back(first + i);
    }
    return result;
}

}  // namespace dilaton::cosim::test
