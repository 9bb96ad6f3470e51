"""The C++ part of the bridge: built into this gem5 with EXTRAS, or a shared library that makes an
unmodified gem5 know the external port type "vmm"."""

import atexit
import ctypes
import os

import m5.objects


def is_built_in() -> bool:
    """Whether this gem5 has VmmBridge among its SimObjects."""
    return hasattr(m5.objects, "VmmBridge")


def load() -> ctypes.CDLL:
    """Loads the library from DILATON_GEM5_BRIDGE, unless gem5 has it; raises RuntimeError with what
    to do if that fails."""
    library = ctypes.CDLL(None) if is_built_in() else _load_from(os.environ)
    # Runs after gem5 has written its statistics, since gem5 registers that later.
    atexit.register(library.vmm_bridge_finish)
    return library


def _load_from(environment: os._Environ) -> ctypes.CDLL:
    path = environment.get("DILATON_GEM5_BRIDGE")
    if not path:
        raise RuntimeError("DILATON_GEM5_BRIDGE is not set: `dilaton launch` starts gem5")
    if not os.path.exists(path):
        raise RuntimeError(f"{path} is missing: build it with gem5-bridge/build")
    return ctypes.CDLL(path, mode=ctypes.RTLD_GLOBAL)
