"""Four vCPUs with L1 of their own and one L2 of Ruby's protocol MESI_Two_Level: the memory system of
ruby.yaml. gem5 must be built with it: build/NULL_MESI_Two_Level."""

from gem5.components.cachehierarchies.ruby.mesi_two_level_cache_hierarchy import (
    MESITwoLevelCacheHierarchy,
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
    cache_hierarchy=MESITwoLevelCacheHierarchy(
        l1i_size="32KiB",
        l1i_assoc=8,
        l1d_size="32KiB",
        l1d_assoc=8,
        l2_size="1MiB",
        l2_assoc=16,
        num_l2_banks=1,
    ),
)
Simulator(board=board).run()
