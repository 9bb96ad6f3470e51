"""Puts a gem5 memory system behind a program that Dilaton runs.

A configuration script builds a VmmBoard from gem5's own components, as it would any other board,
and runs it with gem5's Simulator; `dilaton launch` starts gem5 with that script.
"""

from .library import load

load()

from .board import VmmBoard  # noqa: E402 - gem5 must know the port type first
from .core import VmmCore  # noqa: E402
from .processor import VmmProcessor  # noqa: E402

__all__ = ["VmmBoard", "VmmCore", "VmmProcessor"]
