"""What geometry.py and generator.py put behind their ports: two levels of caches that small
programs fill, without prefetchers, and memory without refresh."""

from gem5.components.cachehierarchies.classic.private_l1_shared_l2_cache_hierarchy import (
    PrivateL1SharedL2CacheHierarchy,
)
from gem5.components.memory.simple import SingleChannelSimpleMemory
from m5.objects import NULL


class Caches(PrivateL1SharedL2CacheHierarchy):
    """Stdlib's prefetchers go by program counter, which gem5's traffic generator makes up."""

    def incorporate_cache(self, board) -> None:
        super().incorporate_cache(board)
        for cache in [*self.l1icaches, *self.l1dcaches, self.l2cache]:
            cache.prefetcher = NULL


def memory() -> SingleChannelSimpleMemory:
    return SingleChannelSimpleMemory(
        latency="30ns", latency_var="0ns", bandwidth="25.6GB/s", size="1GiB"
    )


def caches(kind: str):
    """Of kind "classic", or "ruby"."""
    shape = {
        "l1i_size": "4KiB",
        "l1i_assoc": 2,
        "l1d_size": "4KiB",
        "l1d_assoc": 2,
        "l2_size": "32KiB",
        "l2_assoc": 4,
    }
    if kind == "ruby":
        # Not in a gem5 without it.
        from gem5.components.cachehierarchies.ruby.mesi_two_level_cache_hierarchy import (
            MESITwoLevelCacheHierarchy,
        )

        return MESITwoLevelCacheHierarchy(num_l2_banks=1, **shape)
    return Caches(**shape)
