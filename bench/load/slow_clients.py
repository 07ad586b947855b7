#!/usr/bin/env python3
"""Ten thousand clients that never finish their request, and whether the API still answers others. Prints one JSON object;
exit code 1 when an honest request was not answered or took longer than the bound.

    bench/load/slow_clients.py [--clients 10000] [--requests 200] [--program build/release/syncwell]
"""

import argparse
import json
import pathlib
import resource
import socket
import sys
import tempfile
import time

from sync_jobs import Server

BOUND_MS = 1000


def open_slow_client(port):
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    client.sendall(b"POST /v1/sync-jobs HTTP/1.1\r\nHost: slow\r\nContent-Le")
    return client


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=10000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--program", default="build/release/syncwell")
    arguments = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory(prefix="syncwell-slow-") as name:
        server = Server(arguments.program, pathlib.Path(name))
        try:
            token, _ = server.add_person(0)
            print(f"opening {arguments.clients} slow clients", file=sys.stderr)
            slow = [open_slow_client(server.port) for _ in range(arguments.clients)]
            times_ms, failed = [], 0
            for _ in range(arguments.requests):
                began = time.monotonic()
                try:
                    failed += server.call("GET", "/v1/connections", token)[0] != 200
                except OSError:
                    failed += 1
                times_ms.append((time.monotonic() - began) * 1000)
            times_ms.sort()
            result = {
                "slow_clients": len(slow),
                "requests": len(times_ms),
                "failed": failed,
                "p50_ms": round(times_ms[len(times_ms) // 2], 2),
                "max_ms": round(times_ms[-1], 2),
            }
        finally:
            server.process.terminate()
            server.process.wait(60)
    print(json.dumps(result))
    sys.exit(0 if failed == 0 and result["max_ms"] < BOUND_MS else 1)


if __name__ == "__main__":
    main()
