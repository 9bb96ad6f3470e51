"""A vCPU as gem5 sees it: two ports."""

from gem5.components.processors.abstract_generator_core import (
    AbstractGeneratorCore,
)
from gem5.utils.override import overrides
from m5.objects import (
    ExternalMaster,
    Port,
)

from .library import is_built_in


class VmmCore(AbstractGeneratorCore):
    """Sends what one vCPU of a Dilaton node asks of its memory."""

    def __init__(self, vcpu: int, num_vcpus: int) -> None:
        """
        :param vcpu: The number of the vCPU, from 0.
        :param num_vcpus: The number of vCPUs of the node.
        """
        super().__init__()
        self._vcpu = vcpu
        self._num_vcpus = num_vcpus
        self._caches = "front"

    def set_caches(self, place: str) -> None:
        """Where the caches of this vCPU are.

        :param place: "behind" the port, in gem5, or "ruby" there; in "front" of it, in Dilaton; or
                      "none" at all.
        """
        self._caches = place

    def _port(self, side: str) -> ExternalMaster:
        place = {
            "vcpu": self._vcpu,
            "vcpus": self._num_vcpus,
            "side": side,
            "caches": self._caches,
        }
        if is_built_in():
            # Known only to a gem5 that was built with it.
            from m5.objects import VmmBridge

            return VmmBridge(**place)
        words = (f"{name}={value}" for name, value in place.items())
        return ExternalMaster(port_type="vmm", port_data=" ".join(words))

    @overrides(AbstractGeneratorCore)
    def connect_icache(self, port: Port) -> None:
        self.instruction = self._port("instruction")
        self.instruction.port = port

    @overrides(AbstractGeneratorCore)
    def connect_dcache(self, port: Port) -> None:
        self.data = self._port("data")
        self.data.port = port

    @overrides(AbstractGeneratorCore)
    def requires_send_evicts(self) -> bool:
        """Ruby must tell which lines an L1 loses: Dilaton filters what surely hits there."""
        return True

    @overrides(AbstractGeneratorCore)
    def start_traffic(self) -> None:
        """The worker's first interval starts it."""
