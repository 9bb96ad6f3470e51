"""Launch jobs and sweeps of Dilaton from Python, and read what they came to.

>>> import dilaton
>>> run = dilaton.launch("job.yaml", set={"cores.count": 4}, folder="tdout")
>>> run.node().seconds, run.stats["node0.simInsts"].value
>>> sweep = dilaton.sweep("job.yaml", {"time.tdf": [1, 10, 100]}, folder="tdsweep")
>>> [(point["time.tdf"], point["virtualTime"]) for point in sweep.points]

Only documented files and commands are used, and nothing beyond Python's own library.
"""

from .errors import DilatonError, IncompleteResultError
from .figures import Figure
from .launching import launch, sweep
from .run import Node, Run
from .sweep import Sweep

__all__ = [
    "DilatonError",
    "Figure",
    "IncompleteResultError",
    "Node",
    "Run",
    "Sweep",
    "launch",
    "sweep",
]
