"""The machine of these tests behind gem5's own traffic generator, without Dilaton.

transpose KIND STACK FROM TO N ROUNDS: the accesses of the guest program of that name, one at a time.
chase KIND STACK NODES COUNT STEPS: likewise.
lines KIND BYTES COUNT PERIOD: loads of consecutive lines, over and over, a period apart.

KIND is that of the caches: classic or ruby.
"""

import sys
from typing import Iterator

import machine
from gem5.components.boards.test_board import TestBoard
from gem5.components.processors.abstract_generator import AbstractGenerator
from gem5.components.processors.abstract_generator_core import (
    AbstractGeneratorCore,
)
from gem5.simulate.simulator import Simulator
from m5.objects import PyTrafficGen

LINE = 64
WORD = 8
APART = 100_000  # ticks; longer than any access takes


class Core(AbstractGeneratorCore):
    def __init__(self) -> None:
        super().__init__()
        self.generator = PyTrafficGen()

    def connect_dcache(self, port) -> None:
        self.generator.port = port

    def start_traffic(self) -> None:
        self.generator.start(traffic(self.generator))


class Processor(AbstractGenerator):
    def __init__(self) -> None:
        super().__init__(cores=[Core()])

    def start_traffic(self) -> None:
        self.get_cores()[0].start_traffic()


def access(generator, address: int, reads: int):
    """A single load of a line, or store of a word."""
    size = LINE if reads else WORD
    begin = address - address % size
    return generator.createLinear(
        2 * APART, begin, begin + size, size, APART, APART, reads, size
    )


def transpose(generator, stack: int, source: int, target: int, n: int, rounds: int):
    yield access(generator, stack - WORD, 0)
    for _ in range(rounds):
        for i in range(n):
            for j in range(n):
                line = source + (i * n + j) * WORD
                yield access(generator, line - line % LINE, 100)
                yield access(generator, target + (j * n + i) * WORD, 0)
    line = stack - WORD
    yield access(generator, line - line % LINE, 100)


def chase(generator, stack: int, nodes: int, count: int, steps: int):
    yield access(generator, stack - WORD, 0)
    following = [(i * 1664525 + 1013904223) % count for i in range(count)]
    at = 0
    for _ in range(count):
        yield access(generator, nodes + at * LINE, 0)
        at = following[at]
    at = 0
    for _ in range(steps):
        yield access(generator, nodes + at * LINE, 100)
        at = following[at]
    line = stack - WORD
    yield access(generator, line - line % LINE, 100)


def lines(generator, size: int, count: int, period: int):
    yield generator.createLinear(
        (count + 1) * period, 0, size, LINE, period, period, 100, count * LINE
    )


def traffic(generator) -> Iterator:
    kind = {"transpose": transpose, "chase": chase, "lines": lines}[sys.argv[1]]
    yield from kind(generator, *(int(a, 0) for a in sys.argv[3:]))
    yield generator.createExit(0)


board = TestBoard(
    clk_freq="2GHz",
    generator=Processor(),
    memory=machine.memory(),
    cache_hierarchy=machine.caches(sys.argv[2]),
)
board.memory.module.null = True
Simulator(board=board).run()
