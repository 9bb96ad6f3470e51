"""Result folders, whole and not."""

from __future__ import annotations

import importlib.util
import tempfile
import unittest
from pathlib import Path

import fake
from dilaton import DilatonError, IncompleteResultError, Run, Sweep

POINTS = "point,repeat,seed,time.tdf,status\naa,0,1,1,ok\nbb,0,1,2.5,guest-failed\ncc,0,1,0x,planned\n"
RESULTS = (
    "point,repeat,seed,time.tdf,metric,value,unit\n"
    'aa,0,1,1,virtualTime,0.25,Second\naa,0,1,1,"odd, ""name",7,Count\nbb,0,1,2.5,node0.exitCode,3,\n'
)


class Reading(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_run_has_status_nodes_and_exact_counts(self) -> None:
        self.write("result.json", fake.result(nodes=2))
        self.write("stats.json", fake.statistics())
        run = Run.open(self.folder)
        self.assertEqual((run.status, run.complete), ("ok", True))
        self.assertEqual([node.name for node in run.nodes], ["node0", "node1"])
        node = run.node("node1")
        self.assertEqual((node.picoseconds, node.seconds, node.instructions), (2_000_001, 2.000001e-06, 11))
        self.assertEqual(run.dumps[0]["node0.simTicks"].value, 9_007_199_254_740_993)
        self.assertEqual(run.stats["node0.simTicks"].value, 2)
        self.assertEqual(run.stats["node0.latency"].unit, "Tick")
        self.assertEqual(run.node("node0").stats["latency"].value, 1.5)

    def test_a_node_that_is_not_there_is_told_with_those_that_are(self) -> None:
        self.write("result.json", fake.result(nodes=2))
        run = Run.open(self.folder)
        for name in ("node2", None):
            with self.assertRaisesRegex(KeyError, "node0, node1"):
                run.node(name)

    def test_output_of_a_node_is_read_from_its_file(self) -> None:
        self.write("result.json", fake.result())
        run = Run.open(self.folder)
        with self.assertRaisesRegex(IncompleteResultError, "stdout.txt is not there"):
            run.node().stdout
        self.write("procs/node0/stdout.txt", "hello\n")
        self.assertEqual(run.node().stdout, "hello\n")

    def test_folder_without_result_is_incomplete(self) -> None:
        with self.assertRaisesRegex(IncompleteResultError, "has not ended"):
            Run.open(self.folder)
        with self.assertRaisesRegex(IncompleteResultError, "is no folder"):
            Run.open(self.folder / "nowhere")
        self.write("result.json", fake.result())
        with self.assertRaisesRegex(IncompleteResultError, "outputs.statistics"):
            Run.open(self.folder).stats

    def test_other_files_are_refused(self) -> None:
        self.write("result.json", "{")
        with self.assertRaisesRegex(DilatonError, "can't be read"):
            Run.open(self.folder)
        for other in ('{"schema": "dilaton-result/v2"}', "[1]"):
            self.write("result.json", other)
            with self.assertRaisesRegex(DilatonError, "this client reads dilaton-result/v1"):
                Run.open(self.folder)

    def test_sweep_has_a_dictionary_for_each_point(self) -> None:
        self.write("points.csv", POINTS)
        self.write("results.csv", RESULTS)
        sweep = Sweep.open(self.folder)
        self.assertEqual(sweep.paths, ["time.tdf"])
        self.assertEqual(
            sweep.points,
            [
                {"point": "aa", "repeat": 0, "seed": 1, "time.tdf": 1, "status": "ok", "virtualTime": 0.25, 'odd, "name': 7},
                {"point": "bb", "repeat": 0, "seed": 1, "time.tdf": 2.5, "status": "guest-failed", "node0.exitCode": 3},
                {"point": "cc", "repeat": 0, "seed": 1, "time.tdf": "0x", "status": "planned"},
            ],
        )
        self.assertEqual(sweep.units["virtualTime"], "Second")
        self.assertEqual([point["point"] for point in sweep.failed], ["bb"])

    def test_point_id_of_digits_stays_text(self) -> None:
        self.write("points.csv", POINTS.replace("aa", "012345678901"))
        self.write("results.csv", RESULTS.replace("aa", "012345678901"))
        self.write("runs/012345678901/result.json", fake.result())
        sweep = Sweep.open(self.folder)
        self.assertEqual(sweep.points[0]["point"], "012345678901")
        self.assertEqual(sweep.run(sweep.points[0]).status, "ok")

    def test_sweep_without_tables_is_incomplete(self) -> None:
        with self.assertRaisesRegex(IncompleteResultError, "--resume"):
            Sweep.open(self.folder)
        self.write("points.csv", POINTS)
        with self.assertRaisesRegex(IncompleteResultError, "results.csv is not there"):
            Sweep.open(self.folder)
        self.write("results.csv", "a,b\n")
        with self.assertRaisesRegex(DilatonError, "has no column point"):
            Sweep.open(self.folder)
        self.write("results.csv", RESULTS.replace("bb", "dd"))
        with self.assertRaisesRegex(DilatonError, "points.csv has not"):
            Sweep.open(self.folder).points

    @unittest.skipUnless(importlib.util.find_spec("pandas"), "needs pandas")
    def test_table_is_of_pandas(self) -> None:
        self.write("points.csv", POINTS)
        self.write("results.csv", RESULTS)
        self.assertEqual(list(Sweep.open(self.folder).table()["virtualTime"].dropna()), [0.25])


if __name__ == "__main__":
    unittest.main()
