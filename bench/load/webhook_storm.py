#!/usr/bin/env python3
"""A storm of webhooks (TRIG-2) on a real server: notifications of Google Health at a steady rate for many people, each
with an account at the sandbox. Each has to be answered within the bound, counted from when it was due to be sent; and of
no sync may more than one job wait, during the storm or afterwards, until all is quiet. Prints one JSON object on the
last line; exit code 1 when a bound is missed.

    bench/load/webhook_storm.py [--notifications 10000] [--seconds 10] [--users 100] [--connections 100]
                                [--program build/release/syncwell]
"""

import argparse
import asyncio
import collections
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse
import uuid

from sync_jobs import ADMIN, Server

ANSWER_BOUND_MS = 2000
WAITING_BOUND = 1  # jobs of one sync
WAITING = {"accepted", "queued", "delayed", "retrying"}
SECRET = "Bearer only-the-sandbox-knows"
VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"  # its S256
QUIET_S = 5  # nothing waits for so long: it is over
PATIENCE_S = 300
PAGE = 200


class Exchange:
    """One connection that is kept; a new one where the other side has closed it."""

    def __init__(self, port):
        self.port = port
        self.writer = None

    async def call(self, method, target, headers, body=""):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        pairs = [line.split(": ", 1) for line in head[1:] if ": " in line]
        fields = {name.lower(): value for name, value in pairs}
        text = await self.reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), fields, text

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.writer = None


class Sandbox:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])
        self.origin = f"http://127.0.0.1:{self.port}"


class StormServer(Server):
    """A server whose Google Health is the sandbox."""

    def __init__(self, program, folder, sandbox, inherited=None, log=None):
        self.program, self.log = program, log
        self.records = folder / "records"
        self.records.mkdir()
        google = sandbox.origin + "/google"
        self.environment = {
            **(inherited or {}),
            "SYNCWELL_DATA_DIR": str(folder / "data"),
            "SYNCWELL_SERVER_PORT": "0",
            "SYNCWELL_ADMIN_TOKEN": ADMIN,
            "SYNCWELL_FILES_ROOTS": str(self.records),
            "SYNCWELL_LOG_LEVEL": "error",
            "SYNCWELL_HTTP_ALLOW_PRIVATE_ADDRESSES": "true",
            "SYNCWELL_PROVIDERS_GOOGLE_HEALTH_API_BASE": google,
            "SYNCWELL_PROVIDERS_GOOGLE_HEALTH_AUTH_BASE": google,
            "SYNCWELL_PROVIDERS_GOOGLE_HEALTH_TOKEN_BASE": google,
            "SYNCWELL_PROVIDERS_GOOGLE_HEALTH_CLIENT_ID": "syncwell-google-client",
            "SYNCWELL_PROVIDERS_GOOGLE_HEALTH_CLIENT_SECRET": "syncwell-google-secret",
            "SYNCWELL_PROVIDERS_GOOGLE_HEALTH_WEBHOOK_SECRET": SECRET,
        }
        self.start()

    def start(self):
        """Also again, after its end."""
        self.process = subprocess.Popen(
            [self.program, "serve"], env=self.environment, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        self.port = int(self.process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])


class Person:
    """Somebody with an account at the sandbox, whose steps travel into a folder."""

    def __init__(self, token, config, account_id):
        self.token, self.config, self.account_id = token, config, account_id


async def must(exchange, method, target, headers, body=None):
    status, fields, text = await exchange.call(
        method, target, headers, "" if body is None else json.dumps(body)
    )
    if status // 100 not in (2, 3):
        sys.exit(f"webhook_storm: {method} {target.split('?')[0]} was answered {status}: {text[:500]}")
    return fields, json.loads(text) if text else {}


def an_hour_of_steps(begin):
    end = begin + datetime.timedelta(minutes=30)
    interval = {"startTime": stamp(begin), "startUtcOffset": "0s", "endTime": stamp(end), "endUtcOffset": "0s"}
    return {"steps": {"interval": interval, "count": "100"}}


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


async def add_person(server, at_sandbox, number, begin):
    name = f"person{number}"
    server.must("PUT", f"/admin/users/{name}", ADMIN, {})
    token = server.must("POST", f"/admin/users/{name}/tokens", ADMIN, {"lifetimeMinutes": 600})["token"]
    sandbox_account = f"provider=google_health&account={name}"
    await must(
        at_sandbox, "PUT", f"/_sandbox/seed?{sandbox_account}", {}, {"dataPoints": [an_hour_of_steps(begin)]}
    )
    _, minted = await must(at_sandbox, "POST", f"/_sandbox/tokens?{sandbox_account}", {})
    bearer = {"Authorization": f"Bearer {minted['access_token']}"}
    _, identity = await must(at_sandbox, "GET", "/google/v4/users/me/identity", bearer)
    query = urllib.parse.urlencode({"redirectUri": "https://app.example/back", "codeChallenge": CHALLENGE})
    start = server.must("GET", f"/v1/providers/google_health/authorization-url?{query}", token)
    page = urllib.parse.urlsplit(start["url"])
    consent, _ = await must(at_sandbox, "GET", f"{page.path}?{page.query}&login_hint={name}", {})
    back = urllib.parse.parse_qs(urllib.parse.urlsplit(consent["location"]).query)
    answer = {"code": back["code"][0], "codeVerifier": VERIFIER, "state": start["state"]}
    source = server.must("POST", "/v1/connections", token, {"provider": "google_health", **answer})["id"]
    folder = server.records / name
    folder.mkdir()
    destination = server.must("POST", "/v1/connections", token, {"provider": "json", "path": str(folder)})["id"]
    config = {"sourceConnectionId": source, "destinationConnectionId": destination, "dataType": "steps"}
    config_id = server.must("POST", "/v1/sync-configs", token, config)["id"]
    server.must("POST", "/v1/sync-jobs", token, {"syncConfigId": config_id}, key=str(uuid.uuid4()))
    return Person(token, config_id, identity["healthUserId"])


async def jobs_of(exchange, person):
    jobs, after = [], ""
    while True:
        _, answer = await must(
            exchange, "GET", f"/v1/sync-jobs?limit={PAGE}{after}", {"Authorization": f"Bearer {person.token}"}
        )
        jobs += answer["syncJobs"]
        if "next" not in answer:
            return jobs
        after = "&after=" + urllib.parse.quote(answer["next"], safe="")


class Watch:
    """Looks at everybody's jobs; remembers the most that waited of one sync."""

    def __init__(self, port, people):
        self.exchange, self.people = Exchange(port), people
        self.most_waiting = self.looks = 0
        self.jobs = {}

    async def look(self):
        """How many wait or run."""
        busy = 0
        for person in self.people:
            jobs = self.jobs[person.config] = await jobs_of(self.exchange, person)
            by_config = collections.Counter(job["syncConfigId"] for job in jobs if job["status"] in WAITING)
            self.most_waiting = max(self.most_waiting, *by_config.values(), 0)
            busy += sum(job["status"] in WAITING or job["status"] == "running" for job in jobs)
        self.looks += 1
        return busy

    async def until_quiet(self):
        deadline, quiet_since = time.monotonic() + PATIENCE_S, None
        while time.monotonic() < deadline:
            if await self.look() > 0:
                quiet_since = None
            elif quiet_since is None:
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since >= QUIET_S:
                return True
            await asyncio.sleep(0.5)
        return False


async def storm(port, people, begin, count, seconds, connections):
    """Milliseconds of each answer since its notification was due, and the statuses."""
    interval = {
        "physicalTimeInterval": {"startTime": stamp(begin), "endTime": stamp(begin + datetime.timedelta(minutes=30))}
    }
    bodies = [
        json.dumps(
            {
                "data": {
                    "version": "1",
                    "clientProvidedSubscriptionName": "syncwell",
                    "healthUserId": person.account_id,
                    "operation": "UPSERT",
                    "dataType": "steps",
                    "intervals": [interval],
                }
            }
        )
        for person in people
    ]
    headers = {"Authorization": SECRET, "Content-Type": "application/json"}
    times_ms, statuses = [], collections.Counter()
    start = time.monotonic() + 0.5
    numbers = iter(range(count))

    async def caller():
        exchange = Exchange(port)
        for number in numbers:
            due = start + number * seconds / count
            await asyncio.sleep(due - time.monotonic())
            try:
                status, _, _ = await exchange.call(
                    "POST", "/webhooks/google_health", headers, bodies[number % len(bodies)]
                )
            except (OSError, asyncio.IncompleteReadError) as error:
                exchange.close()
                status = type(error).__name__
            statuses[status] += 1
            times_ms.append((time.monotonic() - due) * 1000)
        exchange.close()

    await asyncio.gather(*[caller() for _ in range(connections)])
    return sorted(times_ms), statuses, time.monotonic() - start


def webhook_counts(server):
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {ADMIN}"})
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return {
        line.split('outcome="')[1].split('"')[0]: int(float(line.rsplit(" ", 1)[1]))
        for line in lines
        if line.startswith("syncwell_webhooks_total{") and 'provider="google_health"' in line
    }


async def measure(arguments, server, sandbox):
    begin = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0) - datetime.timedelta(hours=2)
    at_sandbox = Exchange(sandbox.port)
    print(f"adding {arguments.users} people", file=sys.stderr)
    people = [await add_person(server, at_sandbox, number, begin) for number in range(arguments.users)]
    watch = Watch(server.port, people)
    if not await watch.until_quiet():
        sys.exit("webhook_storm: the first syncs do not end")
    before = {config: len(jobs) for config, jobs in watch.jobs.items()}
    print(f"{arguments.notifications} notifications in {arguments.seconds} s", file=sys.stderr)

    async def watch_meanwhile():
        while True:
            await watch.look()
            await asyncio.sleep(1)

    meanwhile = asyncio.create_task(watch_meanwhile())
    times_ms, statuses, took_s = await storm(
        server.port, people, begin, arguments.notifications, arguments.seconds, arguments.connections
    )
    meanwhile.cancel()
    await asyncio.gather(meanwhile, return_exceptions=True)
    watch.exchange.close()
    right_after = await watch.look()
    print(f"{right_after} jobs wait or run; until they are through", file=sys.stderr)
    quiet = await watch.until_quiet()
    new = [len(jobs) - before[config] for config, jobs in watch.jobs.items()]
    causes = collections.Counter(job.get("cause", "") for jobs in watch.jobs.values() for job in jobs)
    ends = collections.Counter(job["status"] for jobs in watch.jobs.values() for job in jobs)
    return {
        "notifications": len(times_ms),
        "seconds": round(took_s, 2),
        "rate_per_s": round(len(times_ms) / took_s),
        "users": len(people),
        "p50_ms": round(times_ms[len(times_ms) // 2], 2),
        "p95_ms": round(times_ms[len(times_ms) * 95 // 100], 2),
        "p99_ms": round(times_ms[len(times_ms) * 99 // 100], 2),
        "max_ms": round(times_ms[-1], 2),
        "statuses": dict(statuses),
        "webhooks": webhook_counts(server),
        "looks": watch.looks,
        "most_waiting_of_one_sync": watch.most_waiting,
        "waiting_or_running_right_after": right_after,
        "quiet": quiet,
        "jobs_of_one_sync": {"min": min(new), "mean": round(sum(new) / len(new), 2), "max": max(new)},
        "job_causes": dict(causes),
        "job_statuses": dict(ends),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notifications", type=int, default=10000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--program", default="build/release/syncwell")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="syncwell-storm-") as name:
        sandbox = Sandbox(arguments.program)
        server = None
        try:
            server = StormServer(arguments.program, pathlib.Path(name), sandbox)
            result = asyncio.run(measure(arguments, server, sandbox))
        finally:
            for one in (server, sandbox):
                if one is not None:
                    one.process.terminate()
                    one.process.wait(60)
    good = (
        result["notifications"] == arguments.notifications
        and all(status in (200, 204) for status in result["statuses"])
        and result["max_ms"] < ANSWER_BOUND_MS
        and result["rate_per_s"] >= 0.95 * arguments.notifications / arguments.seconds
        and result["most_waiting_of_one_sync"] <= WAITING_BOUND
        and result["quiet"]
        and set(result["job_statuses"]) == {"succeeded"}
        and result["webhooks"].get("accepted") == arguments.notifications
    )
    print(json.dumps(result))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
