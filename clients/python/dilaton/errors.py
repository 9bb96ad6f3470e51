"""What can go wrong, as exceptions."""

from __future__ import annotations

import re
from typing import Any, Optional

_CODE = re.compile(r"\[(DL\d{4})\]")
_ERROR = re.compile(r"^.*?\berror: .*$", re.MULTILINE)


class DilatonError(Exception):
    """A command of Dilaton failed, or a folder holds no results that can be read.

    message    what Dilaton said, all of it
    code       number of the first error, such as "DL0104" (docs/errors.md), or None
    exit_code  of the command (docs/job.md, "Exit codes"), or None if none was run
    result     the Run or Sweep as far as it came, or None
    """

    def __init__(
        self,
        message: str,
        code: Optional[str] = None,
        exit_code: Optional[int] = None,
        result: Any = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.exit_code = exit_code
        self.result = result


class IncompleteResultError(DilatonError):
    """A folder has not (yet) what was asked of it."""


def error_of(exit_code: int, said: str, result: Any = None) -> DilatonError:
    """The exception for a command that ended with this code after it said this."""
    first = _ERROR.search(said)
    code = _CODE.search(first.group()) if first else None
    message = said.strip() or f"dilaton ended with exit code {exit_code}"
    return DilatonError(message, code.group(1) if code else None, exit_code, result)
