"""A board whose processor is outside of gem5."""

from typing import (
    List,
    Optional,
)

from gem5.components.boards.test_board import TestBoard
from gem5.components.cachehierarchies.abstract_cache_hierarchy import (
    AbstractCacheHierarchy,
)
from gem5.components.cachehierarchies.classic.no_cache import NoCache
from gem5.components.memory.abstract_memory_system import AbstractMemorySystem
from gem5.utils.override import overrides
from m5.objects import SimObject

from .processor import VmmProcessor


class VmmBoard(TestBoard):
    """Memory, and caches if wanted, of a node that Dilaton runs."""

    def __init__(
        self,
        clk_freq: str,
        processor: VmmProcessor,
        memory: AbstractMemorySystem,
        cache_hierarchy: Optional[AbstractCacheHierarchy] = None,
        uncached: bool = False,
    ) -> None:
        """
        :param clk_freq: Clock of caches and buses: `cores.frequency` of the job.
        :param memory: As large as `memory.size` of the job, or larger. It only keeps time: what
                       the program stores stays in Dilaton.
        :param cache_hierarchy: None puts memory right behind the port of a single vCPU; NoCache
                                puts a bus between.
        :param uncached: Neither gem5 nor Dilaton has caches (`cut: none`): stores are writes of
                         memory, not fills of lines.
        """
        if cache_hierarchy is None or isinstance(cache_hierarchy, NoCache):
            place = "none" if uncached else "front"
        else:
            place = "ruby" if cache_hierarchy.is_ruby() else "behind"
        for core in processor.get_cores():
            core.set_caches(place)
        super().__init__(
            clk_freq=clk_freq,
            generator=processor,
            memory=memory,
            cache_hierarchy=cache_hierarchy,
        )

    @overrides(TestBoard)
    def _setup_memory_ranges(self) -> None:
        super()._setup_memory_ranges()
        for controller in self.get_memory().get_memory_controllers():
            for backing in _backings(controller):
                backing.null = True


def _backings(controller: SimObject) -> List[SimObject]:
    """What a controller keeps data in: itself, or its one or two interfaces."""
    names = ("dram", "dram_2", "nvm")
    interfaces = [getattr(controller, name, None) for name in names]
    return [i for i in interfaces if i is not None] or [controller]
