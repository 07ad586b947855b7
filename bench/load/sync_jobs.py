#!/usr/bin/env python3
"""Load on POST /v1/sync-jobs of a real server: a steady rate of new jobs for many people, with wrk; then one key many
times at the same time. Prints the figures as one JSON object on the last line; exit code 1 when a bound is missed.

    bench/load/sync_jobs.py [--rate 3000] [--seconds 60] [--users 200] [--connections 100] [--program build/release/syncwell]
"""

import argparse
import concurrent.futures
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import uuid

HERE = pathlib.Path(__file__).resolve().parent
ADMIN = "operator-of-the-load-test"
P95_BOUND_MS = 50
SAME_KEY_CALLS = 100


class Server:
    def __init__(self, program, folder):
        records = folder / "records"
        for side in ("from", "to"):
            (records / side).mkdir(parents=True)
        self.records = records
        environment = {
            "SYNCWELL_DATA_DIR": str(folder / "data"),
            "SYNCWELL_SERVER_PORT": "0",
            "SYNCWELL_ADMIN_TOKEN": ADMIN,
            "SYNCWELL_FILES_ROOTS": str(records),
            "SYNCWELL_LOG_LEVEL": "error",
        }
        self.process = subprocess.Popen([program, "serve"], env=environment, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split("http://127.0.0.1:")[1].split()[0])

    def call(self, method, path, token, body=None, key=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = f'"{key or uuid.uuid4()}"'
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else {}

    def must(self, *arguments, **more):
        status, answer = self.call(*arguments, **more)
        if status // 100 != 2:
            sys.exit(f"sync_jobs: {arguments[:2]} was answered {status}: {answer}")
        return answer

    def add_person(self, number):
        """A person with one sync between two empty folders."""
        name = f"person{number}"
        self.must("PUT", f"/admin/users/{name}", ADMIN, {})
        token = self.must("POST", f"/admin/users/{name}/tokens", ADMIN, {"lifetimeMinutes": 600})["token"]
        ends = []
        for side in ("from", "to"):
            path = str(self.records / side / name)
            pathlib.Path(path).mkdir(exist_ok=True)
            ends.append(self.must("POST", "/v1/connections", token, {"provider": "json", "path": path})["id"])
        config = {"sourceConnectionId": ends[0], "destinationConnectionId": ends[1], "dataType": "weight"}
        return token, self.must("POST", "/v1/sync-configs", token, config)["id"]


def same_key_many_times(server, token, config):
    key = str(uuid.uuid4())
    with concurrent.futures.ThreadPoolExecutor(SAME_KEY_CALLS) as pool:
        calls = [
            pool.submit(server.call, "POST", "/v1/sync-jobs", token, {"syncConfigId": config}, key)
            for _ in range(SAME_KEY_CALLS)
        ]
        answers = [call.result() for call in calls]
    return len({answer["id"] for status, answer in answers if status == 202}), sum(
        status != 202 for status, _ in answers
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=3000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--connections", type=int, default=100)
    parser.add_argument("--program", default="build/release/syncwell")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="syncwell-load-") as name:
        folder = pathlib.Path(name)
        server = Server(arguments.program, folder)
        try:
            print(f"adding {arguments.users} people", file=sys.stderr)
            people = [server.add_person(number) for number in range(arguments.users)]
            (folder / "people").write_text("".join(f"{token} {config}\n" for token, config in people))
            print(f"{arguments.rate} requests per second for {arguments.seconds} s", file=sys.stderr)
            wrk = subprocess.run(
                [
                    "wrk",
                    "-t1",
                    f"-c{arguments.connections}",
                    f"-d{arguments.seconds}s",
                    "--timeout",
                    "10s",
                    "-s",
                    str(HERE / "sync_jobs.lua"),
                    f"http://127.0.0.1:{server.port}",
                    "--",
                    str(folder / "people"),
                    str(arguments.rate),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
            lines = [line for line in wrk.stdout.splitlines() if line.startswith("RESULT ")]
            if not lines:
                sys.exit(f"sync_jobs: wrk failed: {wrk.stdout}{wrk.stderr}")
            result = json.loads(lines[0][len("RESULT ") :])
            result["rate_per_s"] = round(result["requests"] / result["seconds"])
            jobs, refused = same_key_many_times(server, *people[0])
            result["jobs_of_one_key"], result["refused_of_one_key"] = jobs, refused
        finally:
            server.process.terminate()
            server.process.wait(60)
    good = (
        result["p95_ms"] < P95_BOUND_MS
        and result["non_2xx"] == 0
        and result["socket_errors"] == 0
        and result["rate_per_s"] >= 0.98 * arguments.rate
        and jobs == 1
        and refused == 0
    )
    print(json.dumps(result))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
