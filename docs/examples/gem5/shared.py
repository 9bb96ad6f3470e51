"""Four vCPUs with L1 of their own and one L2, all in gem5: the memory system of shared.yaml."""

from gem5.components.cachehierarchies.classic.private_l1_shared_l2_cache_hierarchy import (
    PrivateL1SharedL2CacheHierarchy,
)
from gem5.components.memory import SingleChannelDDR4_2400
from gem5.simulate.simulator import Simulator
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)

board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(num_cores=4),
    memory=SingleChannelDDR4_2400("1GiB"),
    cache_hierarchy=PrivateL1SharedL2CacheHierarchy(
        l1d_size="32KiB", l1i_size="32KiB", l2_size="1MiB"
    ),
)
Simulator(board=board).run()
