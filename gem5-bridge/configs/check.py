"""What `dilaton gem5 check` runs: says what this gem5 is, and whether the bridge fits it."""

import ctypes
import sys

import _m5.core
import m5.defines
from vmm_bridge.library import (
    is_built_in,
    load,
)

library = load()
library.vmm_bridge_gem5_version.restype = ctypes.c_char_p
built_for = library.vmm_bridge_gem5_version().decode()
version = _m5.core.gem5Version
environment = m5.defines.buildEnv
isas = [
    key[4:-4].lower()
    for key, value in environment.items()
    if key.startswith("USE_") and key.endswith("_ISA") and value
]
print(f"gem5 {version}, compiled {_m5.core.compileDate}")
print(f"processors: {', '.join(isas) or 'none (NULL), which is enough'}")
print(f"Ruby: {'yes' if environment.get('RUBY') else 'no, classic caches only'}")
if is_built_in():
    print("bridge: built in")
    sys.exit(0)
if built_for != version:
    print(f"bridge: built for gem5 {built_for}: run gem5-bridge/build")
    sys.exit(1)
print("bridge: fits")
