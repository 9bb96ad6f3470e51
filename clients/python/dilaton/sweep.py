"""The folder of a sweep (docs/sweeps.md, "The folder")."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

from .errors import DilatonError, IncompleteResultError
from .figures import value_of
from .run import Run

Point = Dict[str, Any]

_POINT_COLUMNS = ("point", "repeat", "seed")
_METRIC_COLUMNS = ("metric", "value", "unit")


class Sweep:
    """What a sweep came to. Its tables are read when first asked for, and then kept."""

    def __init__(self, folder: Union[str, Path]) -> None:
        self.folder = Path(folder)
        self._planned: Optional[List[Dict[str, str]]] = None
        self._results: Optional[List[Dict[str, str]]] = None

    @classmethod
    def open(cls, folder: Union[str, Path]) -> "Sweep":
        """The sweep in this folder; IncompleteResultError if its tables are not there yet."""
        sweep = cls(folder)
        sweep._tables()
        return sweep

    def __repr__(self) -> str:
        return f"<Sweep {self.folder}>"

    @property
    def paths(self) -> List[str]:
        """What is swept, in the order of the job."""
        planned, _ = self._tables()
        return [column for column in planned[0] if column not in (*_POINT_COLUMNS, "status")]

    @property
    def points(self) -> List[Point]:
        """A dictionary for each point that was planned, in order: point (its id), repeat, seed, a
        value per swept path, status, and each metric by name where the point has it."""
        planned, results = self._tables()
        points: Dict[str, Point] = {}
        for row in planned:
            points[row["point"]] = {
                column: text if column in ("point", "status") else value_of(text)
                for column, text in row.items()
            }
        for row in results:
            if row["point"] not in points:
                raise DilatonError(f"{self.folder}: results.csv has a point that points.csv has not")
            points[row["point"]][row["metric"]] = value_of(row["value"])
        return list(points.values())

    @property
    def units(self) -> Dict[str, str]:
        """Of each metric: "virtualTime" is in "Second"."""
        _, results = self._tables()
        return {row["metric"]: row["unit"] for row in results}

    @property
    def failed(self) -> List[Point]:
        """Points whose runs ended badly."""
        return [p for p in self.points if p["status"] not in ("ok", "limit-reached", "planned", "not-needed")]

    def run(self, point: Union[str, Point]) -> Run:
        """The result folder of a point, or of the point of this id."""
        name = point if isinstance(point, str) else point["point"]
        return Run.open(self.folder / "runs" / name)

    def table(self) -> Any:
        """The points as a pandas.DataFrame; ImportError without pandas."""
        import pandas

        return pandas.DataFrame(self.points)

    def _tables(self) -> "tuple[List[Dict[str, str]], List[Dict[str, str]]]":
        if self._planned is None or self._results is None:
            self._planned = self._read("points.csv", (*_POINT_COLUMNS, "status"))
            self._results = self._read("results.csv", (*_POINT_COLUMNS, *_METRIC_COLUMNS))
        return self._planned, self._results

    def _read(self, name: str, columns: "tuple[str, ...]") -> List[Dict[str, str]]:
        path = self.folder / name
        if not self.folder.is_dir():
            raise IncompleteResultError(f"{self.folder} is no folder")
        if not path.is_file():
            raise IncompleteResultError(
                f"{path} is not there: no sweep has ended here; `dilaton sweep --resume -o "
                f"{self.folder}` goes on with one that was begun"
            )
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise DilatonError(f"{path} has no column {', '.join(missing)}")
            rows = list(reader)
        if name == "points.csv" and not rows:
            raise IncompleteResultError(f"{path} has no point")
        return rows
