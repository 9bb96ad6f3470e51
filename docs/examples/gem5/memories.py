"""L1, L2 and a memory of choice, all in gem5: memories.py ddr3, ddr4, or hbm."""

import sys

from gem5.components.cachehierarchies.classic.private_l1_private_l2_cache_hierarchy import (
    PrivateL1PrivateL2CacheHierarchy,
)
from gem5.components.memory import (
    DualChannelDDR3_1600,
    DualChannelDDR4_2400,
    HBM2Stack,
)
from gem5.simulate.simulator import Simulator
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)

memories = {
    "ddr3": DualChannelDDR3_1600,
    "ddr4": DualChannelDDR4_2400,
    "hbm": HBM2Stack,
}
board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(),
    memory=memories[sys.argv[1]]("1GiB"),
    cache_hierarchy=PrivateL1PrivateL2CacheHierarchy(
        l1d_size="32KiB", l1i_size="32KiB", l2_size="256KiB"
    ),
)
Simulator(board=board).run()
