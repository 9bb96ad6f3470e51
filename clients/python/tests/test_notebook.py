"""The example notebook is its script in cells."""

from __future__ import annotations

import importlib.util
import json
import unittest
from pathlib import Path

import notebook

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples" / "notebook"


class Notebook(unittest.TestCase):
    def test_notebook_is_what_its_script_gives(self) -> None:
        script = (EXAMPLES / "dilation_sweep.py").read_text(encoding="utf-8")
        stored = (EXAMPLES / "dilation_sweep.ipynb").read_text(encoding="utf-8")
        self.assertEqual(stored, notebook.text_of(notebook.notebook_of(script)),
                         "python3 clients/python/tests/notebook.py SCRIPT NOTEBOOK makes it anew")

    def test_its_code_is_the_scripts(self) -> None:
        stored = json.loads((EXAMPLES / "dilation_sweep.ipynb").read_text(encoding="utf-8"))
        code = ["".join(cell["source"]) for cell in stored["cells"] if cell["cell_type"] == "code"]
        self.assertGreater(len(code), 4)
        for cell in code:
            compile(cell, "cell", "exec")
        self.assertTrue(all(not cell["outputs"] for cell in stored["cells"] if "outputs" in cell))

    @unittest.skipUnless(importlib.util.find_spec("nbformat"), "needs nbformat")
    def test_notebook_is_of_the_format(self) -> None:
        import nbformat

        stored = nbformat.read(EXAMPLES / "dilation_sweep.ipynb", as_version=4)
        nbformat.validate(stored)


if __name__ == "__main__":
    unittest.main()
