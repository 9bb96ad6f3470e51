"""Numbers with their units, as stats.json and results.csv have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Union

Number = Union[int, float]


@dataclass(frozen=True)
class Figure:
    """One statistic: counts are int, exactly; what is written with a point is float."""

    name: str
    value: Number
    unit: str
    description: str


def figures_of(dump: Mapping[str, Any]) -> Dict[str, Figure]:
    """The statistics of one dump of stats.json, by name, in its order."""
    listed: List[Mapping[str, Any]] = dump["statistics"]
    return {
        item["name"]: Figure(item["name"], item["value"], item["unit"], item["description"])
        for item in listed
    }


def value_of(text: str) -> Union[Number, str]:
    """A cell of a table: int or float if it is written as one, else the text itself."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
