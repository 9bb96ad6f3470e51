"""The machine of ours.yaml, of gem5's parts."""

from gem5.components.cachehierarchies.classic.private_l1_shared_l2_cache_hierarchy import (
    PrivateL1SharedL2CacheHierarchy,
)
from gem5.components.memory.simple import SingleChannelSimpleMemory
from gem5.simulate.simulator import Simulator
from m5.objects import NULL
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)


class Caches(PrivateL1SharedL2CacheHierarchy):
    """Stdlib's, with the latencies of ours.yaml and without its prefetchers."""

    def incorporate_cache(self, board) -> None:
        super().incorporate_cache(board)
        for cache in [*self.l1icaches, *self.l1dcaches, self.l2cache]:
            cycles = 12 if cache is self.l2cache else 4
            cache.tag_latency = cycles
            cache.data_latency = cycles
            cache.prefetcher = NULL


board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(),
    memory=SingleChannelSimpleMemory(
        latency="60ns", latency_var="0ns", bandwidth="25.6GB/s", size="1GiB"
    ),
    cache_hierarchy=Caches(
        l1i_size="32KiB",
        l1i_assoc=8,
        l1d_size="32KiB",
        l1d_assoc=8,
        l2_size="256KiB",
        l2_assoc=8,
    ),
)
Simulator(board=board).run()
