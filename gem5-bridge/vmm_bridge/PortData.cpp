#include "PortData.h"

#include <charconv>
#include <sstream>
#include <stdexcept>

namespace vmm_bridge {

namespace {

[[noreturn]] void refuse(const std::string& word) {
    throw std::invalid_argument("port_data: '" + word +
                                "' is none of vcpu=N, vcpus=N, side=data, side=instruction, "
                                "caches=behind, caches=front, caches=none, caches=ruby");
}

uint32_t numberOf(const std::string& word, size_t begin) {
    uint32_t value = 0;
    const char* end = word.data() + word.size();
    const auto [stop, fault] = std::from_chars(word.data() + begin, end, value);
    if (fault != std::errc{} || stop != end) {
        refuse(word);
    }
    return value;
}

}  // namespace

PortData PortData::parse(const std::string& text) {
    PortData data;
    std::istringstream words(text);
    std::string word;
    while (words >> word) {
        if (word.rfind("vcpu=", 0) == 0) {
            data.vcpu = numberOf(word, 5);
        } else if (word.rfind("vcpus=", 0) == 0) {
            data.vcpus = numberOf(word, 6);
        } else if (word == "side=data") {
            data.side = Side::Data;
        } else if (word == "side=instruction") {
            data.side = Side::Instruction;
        } else if (word == "caches=behind") {
            data.caches = Caches::Behind;
        } else if (word == "caches=front") {
            data.caches = Caches::InFront;
        } else if (word == "caches=none") {
            data.caches = Caches::None;
        } else if (word == "caches=ruby") {
            data.caches = Caches::Ruby;
        } else {
            refuse(word);
        }
    }
    data.check();
    return data;
}

void PortData::check() const {
    if (vcpu >= vcpus) {
        throw std::invalid_argument("vcpu " + std::to_string(vcpu) + " of " +
                                    std::to_string(vcpus) + ": they count from 0");
    }
}

}  // namespace vmm_bridge
