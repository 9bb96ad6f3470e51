#pragma once

#include <cstdint>

#include "dilaton/Errors.h"

namespace dilaton::cosim {

[[nodiscard]] inline uint64_t checkedAdd(uint64_t a, uint64_t b) {
    uint64_t sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) {
        throw Overflow("a time is beyond 64 bits (sum)");
    }
    return sum;
}

[[nodiscard]] inline uint64_t checkedMultiply(uint64_t a, uint64_t b) {
    uint64_t product = 0;
    if (__builtin_mul_overflow(a, b, &product)) {
        throw Overflow("a time is beyond 64 bits (product)");
    }
    return product;
}

[[nodiscard]] inline uint64_t saturatingAdd(uint64_t a, uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

}  // namespace dilaton::cosim
