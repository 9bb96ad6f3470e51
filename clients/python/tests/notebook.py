"""A notebook (nbformat 4.5) of a script in cells ("# %%"), without outputs.

    python3 notebook.py SCRIPT.py NOTEBOOK.ipynb
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Dict, List


def notebook_of(script: str) -> Dict[str, Any]:
    """The same cells; their ids are their numbers, so that the same script gives the same bytes."""
    cells: List[Dict[str, Any]] = []
    for number, part in enumerate(re.split(r"^# %%", script, flags=re.MULTILINE)[1:]):
        head, _, body = part.partition("\n")
        is_text = head.strip() == "[markdown]"
        lines = body.strip("\n").split("\n")
        if is_text:
            lines = [re.sub(r"^# ?", "", line) for line in lines]
        source = [line + "\n" for line in lines[:-1]] + lines[-1:]
        cell: Dict[str, Any] = {
            "cell_type": "markdown" if is_text else "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": source,
        }
        if not is_text:
            cell.update(execution_count=None, outputs=[])
        cells.append(cell)
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def text_of(notebook: Dict[str, Any]) -> str:
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_text(text_of(notebook_of(source.read_text(encoding="utf-8"))), encoding="utf-8")
