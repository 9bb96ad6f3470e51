"""The shared library that makes an unmodified gem5 know the external port type "vmm"."""

import atexit
import ctypes
import os


def load() -> ctypes.CDLL:
    """Loads it from DILATON_GEM5_BRIDGE; raises RuntimeError with what to do if that fails."""
    path = os.environ.get("DILATON_GEM5_BRIDGE")
    if not path:
        raise RuntimeError("DILATON_GEM5_BRIDGE is not set: `dilaton launch` starts gem5")
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is missing: build it with gem5-bridge/build")
    library = ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
    # Runs after gem5 has written its statistics, since gem5 registers that later.
    atexit.register(library.vmm_bridge_finish)
    return library
