"""L1, L2 and DDR4, all in gem5: the memory system of caches.yaml."""

from gem5.components.cachehierarchies.classic.private_l1_private_l2_cache_hierarchy import (
    PrivateL1PrivateL2CacheHierarchy,
)
from gem5.components.memory import SingleChannelDDR4_2400
from gem5.simulate.simulator import Simulator
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)

board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(),
    memory=SingleChannelDDR4_2400("1GiB"),
    cache_hierarchy=PrivateL1PrivateL2CacheHierarchy(
        l1d_size="32KiB", l1i_size="32KiB", l2_size="256KiB"
    ),
)
Simulator(board=board).run()
