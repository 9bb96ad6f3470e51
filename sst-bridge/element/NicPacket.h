#pragma once

#include <sst/core/event.h>

#include <cstdint>
#include <vector>

namespace dilaton::sst {

// A part of an Ethernet frame on its way through SST's network.
class NicPacket : public SST::Event {
  public:
    NicPacket() = default;

    uint32_t source = 0;    // the node
    uint64_t frame = 0;     // counts the source's frames
    uint64_t sentPs = 0;    // when the frame departed
    uint32_t bytesAll = 0;  // of the frame
    uint32_t offset = 0;
    std::vector<uint8_t> bytes;

    void serialize_order(SST::Core::Serialization::serializer& ser) override {
        Event::serialize_order(ser);
        SST_SER(source);
        SST_SER(frame);
        SST_SER(sentPs);
        SST_SER(bytesAll);
        SST_SER(offset);
        SST_SER(bytes);
    }

    ImplementSerializable(dilaton::sst::NicPacket)
};

}  // namespace dilaton::sst
