"""The result folder of one run (docs/job.md, "The result folder")."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Union

from .errors import DilatonError, IncompleteResultError
from .figures import Figure, figures_of

RESULT_SCHEMA = "dilaton-result/v1"
STATISTICS_SCHEMA = "dilaton-stats/v1"


class Node:
    """One machine of a run."""

    def __init__(self, run: "Run", entry: Mapping[str, Any]) -> None:
        self._run = run
        self.entry = entry
        """Its object of result.json."""

    def __repr__(self) -> str:
        return f"<Node {self.name}: {self.status}, {self.entry['virtualTime']}>"

    @property
    def name(self) -> str:
        return str(self.entry["name"])

    @property
    def status(self) -> str:
        """A word of the table of exit codes: "ok", "guest-failed", ..."""
        return str(self.entry["status"])

    @property
    def picoseconds(self) -> int:
        """Virtual time since power-on, exactly."""
        return int(self.entry["virtualTimePs"])

    @property
    def seconds(self) -> float:
        """Virtual time since power-on."""
        return self.picoseconds / 1e12

    @property
    def instructions(self) -> int:
        return int(self.entry["instructions"])

    @property
    def exit_code(self) -> int:
        """Of the guest."""
        return int(self.entry["guest"]["exitCode"])

    @property
    def stats(self) -> Dict[str, Figure]:
        """Its statistics, by their names without the node's own: "vcpu0.numCycles"."""
        prefix = self.name + "."
        return {
            name[len(prefix):]: figure
            for name, figure in self._run.stats.items()
            if name.startswith(prefix)
        }

    @property
    def stdout(self) -> str:
        """What its guest wrote to a file of the result folder."""
        return self._text("stdout.txt")

    @property
    def stderr(self) -> str:
        """What its guest wrote to a file of the result folder."""
        return self._text("stderr.txt")

    def _text(self, name: str) -> str:
        path = self._run.folder / "procs" / self.name / name
        if not path.is_file():
            raise IncompleteResultError(
                f"{path} is not there: the only node of a job writes to where Dilaton's own output "
                "goes (Run.output), or the job sends it elsewhere"
            )
        return path.read_text(encoding="utf-8", errors="replace")


class Run:
    """What a run came to. Files are read when first asked for, and then kept."""

    def __init__(self, folder: Union[str, Path], output: Optional[str] = None) -> None:
        self.folder = Path(folder)
        self.output = output
        """What the guest of the only node wrote, if this client launched it; else None."""
        self._result: Optional[Dict[str, Any]] = None
        self._dumps: Optional[List[Dict[str, Any]]] = None

    @classmethod
    def open(cls, folder: Union[str, Path]) -> "Run":
        """The run whose results are in this folder; IncompleteResultError if it has none yet."""
        run = cls(folder)
        run.result
        return run

    def __repr__(self) -> str:
        return f"<Run {self.folder}>"

    @property
    def result(self) -> Dict[str, Any]:
        """result.json, as it is."""
        if self._result is None:
            self._result = self._read("result.json", RESULT_SCHEMA)
        return self._result

    @property
    def status(self) -> str:
        """A word of the table of exit codes: "ok", "guest-failed", ..."""
        return str(self.result["status"])

    @property
    def complete(self) -> bool:
        """False if a worker died: then statistics are as last heard."""
        return bool(self.result["complete"])

    @property
    def nodes(self) -> List[Node]:
        return [Node(self, entry) for entry in self.result["nodes"]]

    def node(self, name: Optional[str] = None) -> Node:
        """The node of this name; without one the only node."""
        nodes = self.nodes
        found = [node for node in nodes if name is None or node.name == name]
        if len(found) != 1:
            names = ", ".join(node.name for node in nodes)
            why = f"has no node '{name}'" if name is not None else "has not one node: name one"
            raise KeyError(f"{self.folder} {why} (nodes: {names})")
        return found[0]

    @property
    def stats(self) -> Dict[str, Figure]:
        """All statistics at the end of the run, by name: "node0.simInsts"."""
        return figures_of(self._statistics()[-1])

    @property
    def dumps(self) -> List[Dict[str, Figure]]:
        """Statistics at each dump of a guest in the order of virtual time, the end last."""
        return [figures_of(dump) for dump in self._statistics()]

    def _statistics(self) -> List[Dict[str, Any]]:
        if self._dumps is None:
            self.result
            dumps = self._read("stats.json", STATISTICS_SCHEMA)["dumps"]
            if not dumps:
                raise IncompleteResultError(f"{self.folder}/stats.json has no statistics")
            self._dumps = dumps
        return self._dumps

    def _read(self, name: str, schema: str) -> Dict[str, Any]:
        path = self.folder / name
        if not self.folder.is_dir():
            raise IncompleteResultError(f"{self.folder} is no folder")
        if not path.is_file():
            raise IncompleteResultError(
                f"{path} is not there: the run has not ended, was killed, or never began"
                if name == "result.json"
                else f"{path} is not there: the job has to ask for it (outputs.statistics)"
            )
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise DilatonError(f"{path} can't be read: {error}") from error
        found = content.get("schema") if isinstance(content, dict) else None
        if found != schema:
            raise DilatonError(f"{path} is {found or 'no such file'}; this client reads {schema}")
        return content
