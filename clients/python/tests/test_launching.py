"""What the client says to dilaton, and what it makes of the answers."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import fake
from dilaton import DilatonError, launch, sweep
from dilaton.launching import find_program


class Launching(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        self.fake = fake.FakeDilaton(self.root)
        self.out = self.root / "out"

    def test_changes_are_written_as_the_command_line_reads_them(self) -> None:
        self.fake.answer(output="hi\n", files={"result.json": fake.result()})
        run = launch(
            "job.yaml",
            {
                "cores.count": 4,
                "memory.caches.l3": "none",
                "guest.program.args": ["a", "b, c", 1, True],
                "guest.program.env": {"A": "x y"},
                "network.pcap": False,
            },
            self.out,
            seed=7,
            until="2s",
            wall_limit="10m",
            program=self.fake.program,
        )
        self.assertEqual(
            self.fake.words,
            [
                "launch", "job.yaml", "cores.count=4", "memory.caches.l3=none",
                'guest.program.args=[a, "b, c", 1, true]', 'guest.program.env={A: "x y"}', "network.pcap=false",
                "-o", str(self.out), "--seed", "7", "--until", "2s", "--wall-limit", "10m", "-q",
            ],
        )
        self.assertEqual((run.status, run.output), ("ok", "hi\n"))

    def test_job_may_be_a_dictionary(self) -> None:
        job = {"apiVersion": "dilaton/v1", "nodes": [{"guest": {"program": {"path": "/bin/true"}}}]}
        self.fake.answer(files={"result.json": fake.result()})
        launch(job, folder=self.out, program=self.fake.program)
        self.assertEqual(self.fake.job, job)

    def test_mistake_raises_with_its_number(self) -> None:
        said = (
            "job.yaml:6:18: error: cores.frequency: '2' has no unit [DL0104]\n"
            "job.yaml:7:1: error: no such key [DL0101]\n"
        )
        self.fake.answer(code=2, error=said)
        with self.assertRaises(DilatonError) as caught:
            launch("job.yaml", folder=self.out, program=self.fake.program)
        error = caught.exception
        self.assertEqual((error.code, error.exit_code, error.result), ("DL0104", 2, None))
        self.assertIn("has no unit", str(error))

    def test_failure_keeps_its_own_results_but_not_earlier_ones(self) -> None:
        self.fake.answer(code=1, files={"result.json": fake.result("guest-failed")})
        with self.assertRaises(DilatonError) as caught:
            launch("job.yaml", folder=self.out, program=self.fake.program)
        self.assertEqual(caught.exception.result.node().exit_code, 3)
        self.assertEqual(caught.exception.message, "dilaton ended with exit code 1")

        self.fake.answer(code=2)
        with self.assertRaises(DilatonError) as caught:
            launch("job.yaml", folder=self.out, program=self.fake.program)
        self.assertIsNone(caught.exception.result)

    def test_progress_goes_to_the_caller_line_by_line(self) -> None:
        self.fake.answer(error="one\ntwo\n", files={"result.json": fake.result()})
        lines: "list[str]" = []
        launch("job.yaml", folder=self.out, progress=lines.append, program=self.fake.program)
        self.assertEqual(lines, ["one", "two"])
        self.assertNotIn("-q", self.fake.words)
        shown = io.StringIO()
        with contextlib.redirect_stderr(shown):
            launch("job.yaml", folder=self.out, progress=True, program=self.fake.program)
        self.assertEqual(shown.getvalue(), "one\ntwo\n")

    def test_progress_that_raises_does_not_block(self) -> None:
        # More than a pipe holds: if nobody read on, the program would never end.
        self.fake.answer(error="line of text\n" * 20_000, files={"result.json": fake.result()})

        def fails(line: str) -> None:
            raise RuntimeError("mine")

        with self.assertRaisesRegex(RuntimeError, "mine"):
            launch("job.yaml", folder=self.out, progress=fails, program=self.fake.program)

    def test_sweep_says_values_and_ranges(self) -> None:
        self.fake.answer(files={"points.csv": "point,repeat,seed,status\n", "results.csv": ""})
        sweep(
            "job.yaml",
            {"time.tdf": [1, 2.5], "memory.size": "1GiB..4GiB:log3", "guest.program.args": [["a"], ["b", "c"]]},
            self.out,
            set={"cores.count": 2},
            repeat=3,
            jobs=2,
            resume=True,
            keep_going=True,
            program=self.fake.program,
        )
        self.assertEqual(
            self.fake.words,
            [
                "sweep", "job.yaml", "time.tdf=1,2.5", "memory.size=1GiB..4GiB:log3", "guest.program.args=[a],[b, c]",
                "cores.count=2", "-o", str(self.out), "--repeat", "3", "--jobs", "2", "--resume", "--keep-going", "-q",
            ],
        )
        with self.assertRaisesRegex(ValueError, "time.tdf has no values"):
            sweep("job.yaml", {"time.tdf": []}, self.out, program=self.fake.program)

    def test_failed_points_raise_with_the_sweep(self) -> None:
        points = "point,repeat,seed,time.tdf,status\naa,0,1,1,guest-failed\n"
        results = "point,repeat,seed,time.tdf,metric,value,unit\n"
        self.fake.answer(code=7, error="dilaton: error: a point failed [DL0709]\n",
                         files={"points.csv": points, "results.csv": results})
        with self.assertRaises(DilatonError) as caught:
            sweep("job.yaml", {"time.tdf": [1, 2]}, self.out, program=self.fake.program)
        self.assertEqual(caught.exception.code, "DL0709")
        self.assertEqual(len(caught.exception.result.failed), 1)

    def test_program_is_found_by_name_variable_path_and_repository(self) -> None:
        self.assertEqual(find_program("/some/dilaton"), "/some/dilaton")
        with mock.patch.dict(os.environ, {"DILATON": "/other/dilaton", "PATH": ""}):
            self.assertEqual(find_program(), "/other/dilaton")
        with mock.patch.dict(os.environ, {"DILATON": "", "PATH": str(self.root)}):
            self.assertEqual(find_program(), self.fake.program)
        with mock.patch.dict(os.environ, {"DILATON": "", "PATH": ""}):
            self.assertEqual(find_program(), str(Path(__file__).resolve().parents[3] / "dilaton"))

    def test_program_that_is_not_there_is_told(self) -> None:
        with self.assertRaisesRegex(DilatonError, "/no/dilaton can't be started"):
            launch("job.yaml", folder=self.out, program="/no/dilaton")


if __name__ == "__main__":
    unittest.main()
