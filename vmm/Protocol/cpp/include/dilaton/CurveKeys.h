#pragma once

#include <string>

namespace dilaton::cosim {

// The keys of a job that runs on several hosts: docs/protocol.md section 1.2.
class CurveKeys {
  public:
    // None: the wire stays on this host.
    CurveKeys() = default;

    // From a file of one line: public key, a space, secret key; an empty path: none. Throws
    // HostFault if it can't be read or holds something else.
    static CurveKeys read(const std::string& path);

    // Before the socket dials. Throws WorkerGone if libzmq refuses.
    void apply(void* socket) const;

  private:
    std::string public_;
    std::string secret_;
};

}  // namespace dilaton::cosim
