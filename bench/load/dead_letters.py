#!/usr/bin/env python3
"""A hundred thousand dead letters (SUP-2) on a real server, each left by a real job that the provider refused; then the
queue as the support desk reads it, while the desk goes on working: its first page, pages deep in it, filters, the
overview. Prints one JSON object on the last line; exit code 1 when a bound is missed.

    bench/load/dead_letters.py [--entries 100000] [--people 500] [--keep] [--program build/release/syncwell]

--keep: prints the console's address and waits for Enter before it ends.
"""

import argparse
import asyncio
import datetime
import json
import pathlib
import sys
import tempfile
import time
import urllib.parse

import webhook_storm
from sync_jobs import ADMIN

PAGE = 50
DEEP = 200  # pages that are read one after another
REPEATS = 20
PAGE_BOUND_MS = 500  # the slowest
PATIENCE_S = 120
REFUSED = {"match": {"provider": "google_health", "method": "GET"}, "fault": {"kind": "status", "status": 400}}


def open_entries(server):
    return server.must("GET", "/admin/overview", ADMIN)["openEntries"]


def fill(server, people, entries):
    """Rounds of one job per person: a sync has at most one job that waits."""
    begin, said = time.monotonic(), 0
    have = open_entries(server)
    while have < entries:
        now = people[: entries - have]
        for person in now:
            server.must("POST", "/v1/sync-jobs", person.token, {"syncConfigId": person.config})
        patience = time.monotonic() + PATIENCE_S
        while open_entries(server) < have + len(now):
            if time.monotonic() > patience:
                sys.exit(f"dead_letters: {open_entries(server)} dead letters, and no more of {have + len(now)} come")
            time.sleep(0.05)
        have += len(now)
        if time.monotonic() - said > 10:
            said = time.monotonic()
            print(f"{have} of {entries}", file=sys.stderr)
    return round(time.monotonic() - begin, 1)


def timed(server, path):
    begin = time.monotonic()
    answer = server.must("GET", path, ADMIN)
    return (time.monotonic() - begin) * 1000, answer


def figures(times_ms):
    times_ms = sorted(times_ms)
    return {"p50_ms": round(times_ms[len(times_ms) // 2], 1), "max_ms": round(times_ms[-1], 1)}


def read(server):
    seen = {}
    for name, path in (
        ("first_page", f"/admin/dlq?limit={PAGE}"),
        ("filtered", f"/admin/dlq?limit={PAGE}&provider=google_health&code=provider_rejected"),
        ("filter_that_fits_none", f"/admin/dlq?limit={PAGE}&provider=strava"),
        ("contacts", f"/admin/contacts?limit={PAGE}"),
        ("overview", "/admin/overview"),
    ):
        seen[name] = figures([timed(server, path)[0] for _ in range(REPEATS)])
    times_ms, ids, after = [], set(), ""
    for _ in range(DEEP):
        took_ms, page = timed(server, f"/admin/dlq?limit={PAGE}{after}")
        times_ms.append(took_ms)
        ids |= {entry["id"] for entry in page["deadLetters"]}
        if "next" not in page:
            break
        after = "&after=" + urllib.parse.quote(page["next"], safe="")
    seen["page_after_page"] = {"pages": len(times_ms), "entries": len(ids), **figures(times_ms)}
    return seen


async def measure(arguments, server, sandbox):
    at_sandbox = webhook_storm.Exchange(sandbox.port)
    begin = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0) - datetime.timedelta(hours=2)
    print(f"adding {arguments.people} people", file=sys.stderr)
    people = [await webhook_storm.add_person(server, at_sandbox, i, begin) for i in range(arguments.people)]
    at_sandbox.close()
    await webhook_storm.must(at_sandbox, "PUT", "/_sandbox/faults", {}, {"rules": [REFUSED]})
    at_sandbox.close()
    filled_s = fill(server, people, arguments.entries)
    print("reading", file=sys.stderr)
    return {"entries": open_entries(server), "filled_s": filled_s, **read(server)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100000)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--program", default="build/release/syncwell")
    arguments = parser.parse_args()
    no_limits = {"SYNCWELL_BREAKER_WINDOW_CALLS": "10000", "SYNCWELL_BREAKER_MINIMUM_CALLS": "10000"}
    with tempfile.TemporaryDirectory(prefix="syncwell-dead-") as name:
        sandbox = webhook_storm.Sandbox(arguments.program)
        server = None
        try:
            server = webhook_storm.StormServer(arguments.program, pathlib.Path(name), sandbox, inherited=no_limits)
            result = asyncio.run(measure(arguments, server, sandbox))
            print(json.dumps(result), flush=True)
            if arguments.keep:
                print(f"http://127.0.0.1:{server.port}/console/#token={ADMIN}  (Enter ends)", file=sys.stderr)
                sys.stdin.readline()
        finally:
            for one in (server, sandbox):
                if one is not None:
                    one.process.terminate()
                    one.process.wait(60)
    parts = [part for part in result.values() if isinstance(part, dict)]
    return 0 if all(part["max_ms"] <= PAGE_BOUND_MS for part in parts) else 1


if __name__ == "__main__":
    sys.exit(main())
