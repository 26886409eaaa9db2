#!/usr/bin/env python3
"""Holds a report of the conformance kit against the checks that are expected to fail.

    .ci/expected.py NAME PROFILE REPORT EXPECTED

EXPECTED has an id of a check a line, and one line with what is seen of each of them, after `seen: `; lines that begin with #
say why. Without such a file, none may fail. A check that is expected to fail and passes is an error, too: the list would
promise less than there is.
"""

import json
import sys
from pathlib import Path

name, profile, report, expected = sys.argv[1:]
try:
    checks = json.loads(Path(report).read_text(encoding="utf-8"))["checks"]
except (OSError, ValueError):
    sys.exit(f"{name} as {profile}: the kit could not judge it")
lines = Path(expected).read_text(encoding="utf-8").splitlines() if Path(expected).exists() else []
allowed = {line for line in lines if line and not line.startswith(("#", "seen: "))}
reasons = [line.removeprefix("seen: ") for line in lines if line.startswith("seen: ")]
failed = {check["id"]: check["seen"] for check in checks if "remedy" in check}
passed = sum(check["outcome"] == "passed" for check in checks)
print(f"{name} as {profile}: {passed} checks passed, {len(failed)} failed, {len(allowed)} are expected to")
expected_to = {check for check in failed.keys() & allowed if any(reason in failed[check] for reason in reasons)}
for check in sorted(failed.keys() - expected_to):
    print(f"  {check}: {failed[check]}")
for check in sorted(allowed - failed.keys()):
    print(f"  {check}: does not fail any longer, take it out of {expected}")
sys.exit(not expected_to == allowed == failed.keys())
