"""Stdlib's parts behind a job's program: parts.py HIERARCHY MEMORY [uncached]."""

import sys

from gem5.components.cachehierarchies.classic.no_cache import NoCache
from gem5.components.cachehierarchies.classic.private_l1_cache_hierarchy import (
    PrivateL1CacheHierarchy,
)
from gem5.components.cachehierarchies.classic.private_l1_private_l2_cache_hierarchy import (
    PrivateL1PrivateL2CacheHierarchy,
)
from gem5.components.memory import (
    HBM2Stack,
    SingleChannelDDR3_1600,
    SingleChannelDDR4_2400,
)
from gem5.components.memory.simple import SingleChannelSimpleMemory
from gem5.simulate.simulator import Simulator
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)

hierarchies = {
    "wire": lambda: None,
    "bus": NoCache,
    "l1": lambda: PrivateL1CacheHierarchy(l1d_size="16KiB", l1i_size="16KiB"),
    "l2": lambda: PrivateL1PrivateL2CacheHierarchy(
        l1d_size="16KiB", l1i_size="16KiB", l2_size="64KiB"
    ),
}
memories = {
    "simple": lambda: SingleChannelSimpleMemory(
        latency="30ns", latency_var="0ns", bandwidth="25.6GB/s", size="1GiB"
    ),
    "ddr3": lambda: SingleChannelDDR3_1600("1GiB"),
    "ddr4": lambda: SingleChannelDDR4_2400("1GiB"),
    "hbm": lambda: HBM2Stack("1GiB"),
}
board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(),
    memory=memories[sys.argv[2]](),
    cache_hierarchy=hierarchies[sys.argv[1]](),
    uncached=sys.argv[3:] == ["uncached"],
)
Simulator(board=board).run()
