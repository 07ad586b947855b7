#!/usr/bin/env python3
"""docs/errors.md shows the dictionary of errors, src/base/error_codes.inc.

    error_codes.py --check   fails where the document and the dictionary differ (./dev lint does this)
    error_codes.py --write   brings the document up to date
"""
import collections
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DICTIONARY = ROOT / "src/base/error_codes.inc"
DOCUMENT = ROOT / "docs/errors.md"
BEGIN, END = "<!-- the dictionary: tools/error_codes.py --write -->\n", "<!-- end of the dictionary -->\n"

Entry = collections.namedtuple("Entry", "name retry_class log_level status meaning advice")
ERROR = re.compile(r'^SYNCWELL_ERROR\((\w+), (\w+), (\w+), (\d+), "([^"]*)",\s*"([^"]*)"\)', re.M)
PROBLEM = re.compile(r'^SYNCWELL_PROBLEM\((\w+)()()?, (\d+), "([^"]*)",\s*"([^"]*)"\)', re.M)


def read():
    """The errors of the code, and the problems that only the API has."""
    text = DICTIONARY.read_text(encoding="utf-8")
    errors, problems = ([Entry(*fields) for fields in row.findall(text)] for row in (ERROR, PROBLEM))
    assert len(errors) + len(problems) == len(re.findall(r"^SYNCWELL_", text, re.M)), "an entry cannot be read"
    return errors, problems


def tables():
    errors, problems = read()
    yield "| code | status | retried? | log level | what it means | what to do |\n|---|---|---|---|---|---|\n"
    for entry in errors:
        yield f"| `{entry.name}` | {entry.status} | {entry.retry_class} | {entry.log_level} | {entry.meaning} | {entry.advice} |\n"
    yield "\nOnly in answers of the API:\n\n| type | status | what it means | what to do |\n|---|---|---|---|\n"
    for entry in problems:
        yield f"| `{entry.name}` | {entry.status} | {entry.meaning} | {entry.advice} |\n"


def main() -> int:
    document = DOCUMENT.read_text(encoding="utf-8")
    before, rest = document.split(BEGIN)
    after = rest.split(END)[1]
    wanted = before + BEGIN + "".join(tables()) + END + after
    if sys.argv[1:] == ["--write"]:
        DOCUMENT.write_text(wanted, encoding="utf-8")
    elif wanted != document:
        print("docs/errors.md is not what src/base/error_codes.inc says: tools/error_codes.py --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
