"""The machine of these tests behind a job's program. Its memory answers within nanoseconds: with
a vCPU of 1 MHz one request is on its way at a time."""

import sys

import machine
from gem5.simulate.simulator import Simulator
from vmm_bridge import (
    VmmBoard,
    VmmProcessor,
)

board = VmmBoard(
    clk_freq="2GHz",
    processor=VmmProcessor(),
    memory=machine.memory(),
    cache_hierarchy=machine.caches(sys.argv[1]),
)
Simulator(board=board).run()
