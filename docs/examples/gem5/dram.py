"""DDR4 behind Dilaton's own caches: the memory system of dram.yaml."""

from gem5.components.cachehierarchies.classic.no_cache import NoCache
from gem5.components.memory import DualChannelDDR4_2400
from gem5.simulate.simulator import Simulator
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)

board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(num_cores=2),
    memory=DualChannelDDR4_2400("1GiB"),
    cache_hierarchy=NoCache(),
)
Simulator(board=board).run()
