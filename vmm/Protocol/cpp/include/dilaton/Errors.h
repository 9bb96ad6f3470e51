#pragma once

#include <stdexcept>
#include <string>

namespace dilaton::cosim {

// What the library throws. A bridge catches Error before its framework sees it.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// The worker broke the protocol; it was told so, and the connection is over.
class ProtocolFault : public Error {
  public:
    using Error::Error;
};

// One of the two can't meet what the other asks for.
class Refused : public Error {
  public:
    using Error::Error;
};

// The worker is gone, never came, or said Bye with something else than DONE.
class WorkerGone : public Error {
  public:
    using Error::Error;
};

// The host asked to stop waiting.
class Interrupted : public Error {
  public:
    using Error::Error;
};

// The host of the library broke its promise: a latency below the least one, an unknown ticket.
class HostFault : public Error {
  public:
    using Error::Error;
};

// A time does not fit 64 bits.
class Overflow : public Error {
  public:
    using Error::Error;
};

}  // namespace dilaton::cosim
