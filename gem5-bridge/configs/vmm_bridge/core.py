"""A vCPU as gem5 sees it: two ports."""

from gem5.components.processors.abstract_generator_core import (
    AbstractGeneratorCore,
)
from gem5.utils.override import overrides
from m5.objects import (
    ExternalMaster,
    Port,
)


class VmmCore(AbstractGeneratorCore):
    """Sends what one vCPU of a Dilaton node asks of its memory."""

    def __init__(self, vcpu: int, num_vcpus: int) -> None:
        """
        :param vcpu: The number of the vCPU, from 0.
        :param num_vcpus: The number of vCPUs of the node.
        """
        super().__init__()
        self._place = f"vcpu={vcpu} vcpus={num_vcpus}"
        self._has_caches = False

    def set_has_caches(self, has_caches: bool) -> None:
        """Whether caches are behind the ports, which know stores, flushes and prefetches, or
        memory, which is read and written."""
        self._has_caches = has_caches

    def _port(self, side: str) -> ExternalMaster:
        caches = " caches" if self._has_caches else ""
        return ExternalMaster(
            port_type="vmm", port_data=f"{self._place} side={side}{caches}"
        )

    @overrides(AbstractGeneratorCore)
    def connect_icache(self, port: Port) -> None:
        self.instruction = self._port("instruction")
        self.instruction.port = port

    @overrides(AbstractGeneratorCore)
    def connect_dcache(self, port: Port) -> None:
        self.data = self._port("data")
        self.data.port = port

    @overrides(AbstractGeneratorCore)
    def start_traffic(self) -> None:
        """The worker's first interval starts it."""
