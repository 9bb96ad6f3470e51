"""Starting `dilaton launch` and `dilaton sweep`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from .errors import DilatonError, error_of
from .run import Run
from .sweep import Sweep

Job = Union[str, Path, Mapping[str, Any]]
Progress = Union[bool, Callable[[str], None]]


def launch(
    job: Job,
    set: Optional[Mapping[str, Any]] = None,  # noqa: A002 - what the command line calls it too
    folder: Union[str, Path] = "tdout",
    *,
    seed: Optional[int] = None,
    until: Optional[str] = None,
    wall_limit: Optional[str] = None,
    progress: Progress = False,
    program: Optional[str] = None,
) -> Run:
    """Runs a job to its end.

    job         file of a job, or the job itself as a dictionary (paths in it: see docs/job.md)
    set         changes, by path: {"cores.count": 4, "memory.caches.l3": "none"}
    folder      of the results; an earlier run in it is replaced
    until       virtual time to stop at, such as "2s"; wall_limit the same in host time
    progress    True: what Dilaton says goes to standard error too; or a function for each line
    program     the dilaton to start; else that of the variable DILATON, of PATH, or the
                repository's around this file

    Raises DilatonError if it ends with another code than 0; its `result` is the Run if there is one.
    """
    options = ["-o", str(folder)]
    options += _option("--seed", seed) + _option("--until", until) + _option("--wall-limit", wall_limit)
    changes = [f"{path}={_text(value)}" for path, value in (set or {}).items()]
    before = _stamp(Path(folder) / "result.json")
    code, output, said = _start(program, "launch", job, [*changes, *options], progress)
    if code == 0:
        return Run(folder, output)
    is_new = _stamp(Path(folder) / "result.json") not in (None, before)
    raise error_of(code, said, Run(folder, output) if is_new else None)


def sweep(
    job: Job,
    over: Optional[Mapping[str, Any]] = None,
    folder: Union[str, Path] = "tdsweep",
    *,
    set: Optional[Mapping[str, Any]] = None,  # noqa: A002
    seed: Optional[int] = None,
    repeat: Optional[int] = None,
    jobs: Optional[int] = None,
    resume: bool = False,
    keep_going: bool = False,
    progress: Progress = False,
    program: Optional[str] = None,
) -> Sweep:
    """Runs variants of a job, with what its own section `sweep` says.

    over        what is swept, by path: a list of values, or a range as text ("1..100:log8")
    set         changes to the job, by path, as of launch
    repeat      runs of each point, each with another seed
    jobs        points at once
    resume      run what is missing of the sweep in the folder, and what failed
    keep_going  go on when a point fails

    Raises DilatonError if it ends with another code than 0, so also if points failed (7); its
    `result` is the Sweep if there is one.
    """
    options = ["-o", str(folder)]
    options += _option("--seed", seed) + _option("--repeat", repeat) + _option("--jobs", jobs)
    options += ["--resume"] * resume + ["--keep-going"] * keep_going
    changes = [f"{path}={_text(value)}" for path, value in (set or {}).items()]
    swept = [f"{path}={_range(path, values)}" for path, values in (over or {}).items()]
    code, _, said = _start(program, "sweep", job, [*swept, *changes, *options], progress)
    if code == 0:
        return Sweep(folder)
    has_tables = (Path(folder) / "results.csv").is_file()
    raise error_of(code, said, Sweep(folder) if has_tables and code == 7 else None)


def find_program(program: Optional[str] = None) -> str:
    """The dilaton that is started."""
    repository = Path(__file__).resolve().parents[3] / "dilaton"
    found = (
        program
        or os.environ.get("DILATON")
        or shutil.which("dilaton")
        or (str(repository) if os.access(repository, os.X_OK) and repository.is_file() else None)
    )
    if found is None:
        raise DilatonError("no dilaton in PATH: install it, or name it by program= or the variable DILATON")
    return found


def _start(
    program: Optional[str], command: str, job: Job, arguments: Sequence[str], progress: Progress
) -> Tuple[int, str, str]:
    """Exit code, standard output, and standard error."""
    found = find_program(program)
    with tempfile.TemporaryDirectory(prefix="dilaton-client-") as scratch:
        if isinstance(job, Mapping):
            path = Path(scratch) / "job.json"
            path.write_text(json.dumps(job), encoding="utf-8")
        else:
            path = Path(job)
        words = [found, command, str(path), *arguments, *([] if progress else ["-q"])]
        try:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "NO_COLOR": "1"},
            )
        except OSError as error:
            raise DilatonError(f"{found} can't be started: {error}") from error
        return _wait(process, progress)


def _wait(process: "subprocess.Popen[str]", progress: Progress) -> Tuple[int, str, str]:
    said: List[str] = []
    raised: List[BaseException] = []
    assert process.stdout is not None and process.stderr is not None
    listener = threading.Thread(
        target=_listen, args=(process.stderr, said, progress, raised), daemon=True
    )
    listener.start()
    try:
        output = process.stdout.read()
        code = process.wait()
    except BaseException:
        # Ctrl-C: Dilaton has it too if there is a terminal, and writes everything before it ends.
        process.terminate()
        process.wait()
        raise
    listener.join()
    process.stdout.close()
    process.stderr.close()
    if raised:
        raise raised[0]
    return code, output, "".join(said)


def _listen(
    lines: Iterable[str], said: List[str], progress: Progress, raised: List[BaseException]
) -> None:
    # To the last line whatever happens, or Dilaton would wait for somebody to read.
    for line in lines:
        said.append(line)
        try:
            if callable(progress) and not raised:
                progress(line.rstrip("\n"))
            elif progress is True:
                sys.stderr.write(line)
        except Exception as error:  # noqa: BLE001 - the caller's own, told to the caller
            raised.append(error)


def _option(name: str, value: Any) -> List[str]:
    return [] if value is None else [name, str(value)]


def _stamp(path: Path) -> Optional[int]:
    return path.stat().st_mtime_ns if path.is_file() else None


def _text(value: Any) -> str:
    """A value as the command line takes it, which reads it as YAML: texts as they are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_nested(item) for item in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_nested(item)}" for key, item in value.items()) + "}"
    return str(value)


def _nested(value: Any) -> str:
    """Inside of a list a comma or a bracket must not end it."""
    if isinstance(value, str) and any(character in value for character in ",[]{}:#'\"&*!|>%@` "):
        return json.dumps(value)
    return _text(value)


def _range(path: str, values: Any) -> str:
    if isinstance(values, str):
        return values
    listed = [_nested(value) for value in values]
    if not listed:
        raise ValueError(f"{path} has no values to sweep over")
    return ",".join(listed)
