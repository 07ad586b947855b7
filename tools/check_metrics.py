#!/usr/bin/env python3
"""Every metric that deploy/ and docs/ name exists in the code, and every one in the code is on the dashboard or in an alarm."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAME = re.compile(r"\bsyncwell_[a-z_]+")
DECLARED = re.compile(r'Name\("(syncwell_[a-z_]+)"\)')
# What client libraries add to the name of a histogram.
SUFFIXES = ("_bucket", "_sum", "_count")


def base_name(name):
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def main() -> int:
    declared = set()
    for path in (ROOT / "src").rglob("*.cpp"):
        declared |= set(DECLARED.findall(path.read_text(encoding="utf-8")))
    used, problems = set(), []
    for path in sorted((ROOT / "deploy").rglob("*")):
        if path.suffix not in (".json", ".yml"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            json.loads(text)
        for name in NAME.findall(text):
            used.add(base_name(name) if name not in declared else name)
            if name not in declared and base_name(name) not in declared:
                problems.append(f"{path.relative_to(ROOT)}: there is no metric {name}")
    for name in sorted(declared - used):
        problems.append(f"deploy/: nobody looks at the metric {name}")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
