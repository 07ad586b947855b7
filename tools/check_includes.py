#!/usr/bin/env python3
"""Checks which folder includes which (the table is docs/architecture.md's), and that only net/ includes Beast.

The build forbids includes of targets that a folder does not depend on; this also catches what comes in through a
dependency's dependencies, and a folder without a README.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = {
    "base": set(),
    "model": {"base"},
    "net": {"base"},
    "store": {"model", "base"},
    "queue": {"base"},
    "bus": {"queue", "base"},
    "vault": {"base"},
    "notify": {"store", "bus", "queue", "vault", "net", "base"},
    "telemetry": {"net", "base"},
    "identity": {"store", "vault", "net", "base"},
    "providers": {"net", "model", "base"},
    "engine": {"store", "queue", "bus", "vault", "providers", "net", "model", "base"},
    "schedule": {"engine", "providers", "bus", "queue", "store", "net", "model", "base"},
    "support": {"notify", "bus", "queue", "store", "vault", "net", "model", "base"},
    "api": {"support", "notify", "schedule", "engine", "identity", "providers", "bus", "queue", "store", "vault", "net", "model", "base"},
    "adapters": {"store", "queue", "bus", "vault", "net", "model", "base"},
    "sandbox": {"net", "model", "base"},
    "sim": {"app", "support", "api", "identity", "engine", "adapters", "sandbox", "providers", "net", "store", "queue", "bus", "vault", "model", "base"},
}
INCLUDE = re.compile(r'^\s*#include\s+"([a-z_]+)/', re.M)


def files():
    for folder in ("src", "sandbox", "sim"):
        for suffix in ("*.cpp", "*.hpp"):
            yield from (ROOT / folder).rglob(suffix)


def main() -> int:
    problems = []
    for path in files():
        relative = path.relative_to(ROOT)
        room = relative.parts[1] if relative.parts[0] == "src" else relative.parts[0]
        text = path.read_text(encoding="utf-8")
        test = path.name.endswith("_test.cpp") or "test" in path.stem
        for included in INCLUDE.findall(text):
            if room == "app" or included == room or test:
                continue
            if included not in LAYERS.get(room, set()):
                problems.append(f"{relative}: {room}/ may not include {included}/")
        if "boost/beast" in text and room != "net":
            problems.append(f"{relative}: only net/ includes Beast")
    for readme in [p.parent for p in ROOT.glob("src/*/CMakeLists.txt")] + [ROOT / "sandbox", ROOT / "sim"]:
        if not (readme / "README.md").exists():
            problems.append(f"{readme.relative_to(ROOT)}/: has no README.md")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
