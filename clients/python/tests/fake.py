"""A program that poses as dilaton, so that what the client says to it, and does with its answers, can be tested."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional

SCRIPT = """#!{python}
import json, os, sys
here = os.path.dirname(os.path.abspath(__file__))
plan = json.load(open(os.path.join(here, "plan.json")))
words = sys.argv[1:]
job = open(words[1]).read() if os.path.isfile(words[1]) else None
json.dump({{"words": words, "job": job}}, open(os.path.join(here, "called.json"), "w"))
folder = words[words.index("-o") + 1]
for name, text in plan["files"].items():
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(text)
sys.stderr.write(plan["error"])
sys.stdout.write(plan["output"])
sys.exit(plan["code"])
"""


class FakeDilaton:
    """What it is told to answer, and how it was called."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.program = str(folder / "dilaton")
        Path(self.program).write_text(SCRIPT.format(python=sys.executable), encoding="utf-8")
        os.chmod(self.program, stat.S_IRWXU)

    def answer(
        self, code: int = 0, error: str = "", output: str = "", files: Optional[Dict[str, str]] = None
    ) -> None:
        plan = {"code": code, "error": error, "output": output, "files": files or {}}
        (self._folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")

    @property
    def words(self) -> List[str]:
        """Of its command line."""
        return self._called()["words"]

    @property
    def job(self) -> Any:
        """The job that it was given as a dictionary."""
        return json.loads(self._called()["job"])

    def _called(self) -> Dict[str, Any]:
        return json.loads((self._folder / "called.json").read_text(encoding="utf-8"))


def result(status: str = "ok", nodes: int = 1) -> str:
    """A result.json, as far as the client reads it."""
    listed = [
        {
            "name": f"node{i}",
            "status": status,
            "virtualTime": "2us",
            "virtualTimePs": 2_000_000 + i,
            "instructions": 10 + i,
            "guest": {"exitCode": 0 if status == "ok" else 3, "signal": 0, "message": ""},
        }
        for i in range(nodes)
    ]
    return json.dumps(
        {"schema": "dilaton-result/v1", "status": status, "complete": True, "nodes": listed}
    )


def statistics() -> str:
    """A stats.json of two dumps."""
    def dump(tick: int) -> Dict[str, Any]:
        return {
            "tick": tick,
            "statistics": [
                {"name": "node0.simTicks", "value": tick, "unit": "Tick", "description": "virtual time"},
                {"name": "node0.latency", "value": 1.5, "unit": "Tick", "description": "mean"},
            ],
        }

    return json.dumps({"schema": "dilaton-stats/v1", "dumps": [dump(9_007_199_254_740_993), dump(2)]})
