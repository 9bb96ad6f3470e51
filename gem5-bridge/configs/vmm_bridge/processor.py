"""All vCPUs of a node."""

from gem5.components.processors.abstract_generator import AbstractGenerator
from gem5.utils.override import overrides

from .core import VmmCore


class VmmProcessor(AbstractGenerator):
    """Stands where a processor or a traffic generator would."""

    def __init__(self, num_cores: int = 1) -> None:
        """
        :param num_cores: The number of vCPUs; at least `cores.count` of the job.
        """
        super().__init__(
            cores=[VmmCore(i, num_cores) for i in range(num_cores)]
        )

    @overrides(AbstractGenerator)
    def start_traffic(self) -> None:
        for core in self.get_cores():
            core.start_traffic()
