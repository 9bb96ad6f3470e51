"""The client with the real program; the variable DILATON names it."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict

from dilaton import DilatonError, Run, Sweep, launch, sweep


def job(*words: str) -> Dict[str, Any]:
    node = {"name": "node0", "guest": {"program": {"path": words[0], "args": list(words[1:])}}}
    return {"apiVersion": "dilaton/v1", "name": "client", "nodes": [node]}


@unittest.skipUnless(os.environ.get("DILATON"), "needs the variable DILATON")
class Real(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name) / "out"

    def test_launch_gives_output_time_and_statistics(self) -> None:
        run = launch(job("/usr/bin/nproc"), {"cores.count": 3}, self.folder)
        self.assertEqual((run.output, run.status), ("3\n", "ok"))
        node = run.node()
        self.assertEqual(run.stats["node0.simInsts"].value, node.instructions)
        self.assertEqual(node.stats["simTicks"].value, node.picoseconds)
        self.assertEqual(Run.open(self.folder).node().picoseconds, node.picoseconds)

    def test_several_nodes_have_files_for_their_output(self) -> None:
        two = job("/bin/echo", "hello")
        two["nodes"][0]["count"] = 2
        run = launch(two, folder=self.folder)
        self.assertEqual([node.stdout for node in run.nodes], ["hello\n", "hello\n"])

    def test_guest_that_fails_raises_with_its_run(self) -> None:
        with self.assertRaises(DilatonError) as caught:
            launch(job("/bin/false"), folder=self.folder)
        self.assertEqual(caught.exception.exit_code, 1)
        self.assertEqual(caught.exception.result.node().exit_code, 1)

    def test_mistake_raises_with_its_number(self) -> None:
        with self.assertRaises(DilatonError) as caught:
            launch(job("/bin/true"), {"cores.frequency": 2}, self.folder)
        self.assertEqual((caught.exception.code, caught.exception.exit_code), ("DL0104", 2))

    def test_progress_is_what_dilaton_says(self) -> None:
        lines: "list[str]" = []
        launch(job("/bin/true"), folder=self.folder, progress=lines.append)
        self.assertTrue(any("results: " in line for line in lines), lines)

    def test_lists_of_texts_reach_the_guest_whole(self) -> None:
        run = launch(job("/bin/echo"), {"guest.program.args": ["a b", "c,d", "[e]"]}, self.folder)
        self.assertEqual(run.output, "a b c,d [e]\n")

    def test_sweep_has_points_runs_and_goes_on(self) -> None:
        done = sweep(job("/bin/true"), {"cores.count": [1, 2]}, self.folder)
        self.assertEqual([point["cores.count"] for point in done.points], [1, 2])
        self.assertEqual(done.units["virtualTime"], "Second")
        first = done.points[0]
        self.assertAlmostEqual(done.run(first).node().seconds, first["virtualTime"])
        with self.assertRaises(DilatonError) as caught:
            sweep(job("/bin/true"), {"cores.count": [1, 2, 3]}, self.folder)
        self.assertEqual(caught.exception.code, "DL0707")
        more = sweep(job("/bin/true"), {"cores.count": [1, 2, 3]}, self.folder, resume=True)
        self.assertEqual([point["status"] for point in more.points], ["ok"] * 3)
        self.assertEqual(Sweep.open(self.folder).points, more.points)

    def test_point_that_fails_is_kept_beside_the_others(self) -> None:
        mixed = job("/usr/bin/test")
        with self.assertRaises(DilatonError) as caught:
            sweep(mixed, {"guest.program.args": [["1"], [""]]}, self.folder, keep_going=True)
        self.assertEqual(caught.exception.exit_code, 7)
        result = caught.exception.result
        self.assertEqual([point["status"] for point in result.points], ["ok", "guest-failed"])
        self.assertEqual(result.run(result.failed[0]).node().exit_code, 1)


if __name__ == "__main__":
    unittest.main()
