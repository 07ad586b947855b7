#!/usr/bin/python3
"""A drill of the support desk with real processes (SUP-1 to SUP-4): a server, the sandbox as provider, pager and ticket
system over HTTP, and aiosmtpd as mail server over SMTP with TLS. An outage of all syncs of one provider must be one incident, one
page and no mail; when the provider is back, all of them drain by themselves and the page ends. A mapping bug (a provider
that renames a field) must be an urgent ticket with the full message; its person is written to once, also when somebody
asks twice, and when the server is killed in the middle of the mail. With the clock of the server moved on (moved_clock.c)
the contact clock warns in its order. Prints what it saw as one JSON object on the last line; exit code 1 where something
was not as it should be.

    tests/desk_drill.py [--people 200] [--program build/release/syncwell]
"""

import argparse
import asyncio
import datetime
import email
import email.policy
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "load"))
import webhook_storm  # noqa: E402
from sync_jobs import ADMIN  # noqa: E402

RULES = """
[[rule]]
name = "provider outage"
codes = ["provider_failed", "timeout", "connection_failed"]
category = "outage"
action = "redrive"
redrive_after_minutes = 1
redrives = 24
playbook = "Look at the status page; the desk drains it by itself."

[[rule]]
name = "bad data"
codes = ["mapping", "provider_rejected"]
category = "bad_data"
action = "ticket"
playbook = "Mend the mapping, then redrive."
"""
PATIENCE_S = 300
RENAMED = {
    "match": {"provider": "google_health", "method": "GET"},
    "fault": {"kind": "renamed_field", "field": "count"},
}


class MailServer:
    """aiosmtpd in a thread of its own, with STARTTLS and a login; keeps what it has taken. `at` is told of some commands
    before they are answered."""

    USER, PASSWORD = "syncwell", "a password for the drill"

    def __init__(self, folder):
        self.mails, self.at = [], lambda command: None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.certificate, key = folder / "mail.pem", folder / "mail.key"
        make = "openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=mail -addext subjectAltName=IP:127.0.0.1 -out"
        subprocess.run([*make.split(), self.certificate, "-keyout", key], check=True, stderr=subprocess.DEVNULL)
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(self.certificate, key)
        safe = {"tls_context": tls, "require_starttls": True, "auth_required": True, "authenticator": self.log_in}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **safe)
        self.controller.start()

    def log_in(self, server, session, envelope, mechanism, data):
        return AuthResult(success=data == LoginPassword(self.USER.encode(), self.PASSWORD.encode()))

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.at("RCPT")
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(message)
        self.at("end")
        return "250 2.0.0 taken"


def settings(folder, sandbox, mail):
    rules = folder / "rules.toml"
    rules.write_text(RULES)
    return {
        "SYNCWELL_SUPPORT_TRIAGE_RULES": str(rules),
        "SYNCWELL_PAGERDUTY_ROUTING_KEY": "syncwell-pagerduty-key",
        "SYNCWELL_PAGERDUTY_EVENTS_URL": sandbox.origin + "/pagerduty/v2/enqueue",
        "SYNCWELL_ZENDESK_BASE_URL": sandbox.origin + "/zendesk",
        "SYNCWELL_ZENDESK_EMAIL": "agent@sync.example",
        "SYNCWELL_ZENDESK_API_TOKEN": "syncwell-zendesk-token",
        "SYNCWELL_MAIL_URL": f"smtp://127.0.0.1:{mail.port}",
        "SYNCWELL_MAIL_CERTIFICATE_AUTHORITIES": str(mail.certificate),
        "SYNCWELL_MAIL_USER": mail.USER,
        "SYNCWELL_MAIL_PASSWORD": mail.PASSWORD,
        "SYNCWELL_MAIL_FROM_ADDRESS": "care@sync.example",
        # Jobs fail fast here; with its usual settings the breaker would hold them back, which is not what is tested.
        "SYNCWELL_WORKER_BACKOFF_BASE_MS": "20",
        "SYNCWELL_WORKER_BACKOFF_CEILING_MS": "50",
        "SYNCWELL_BREAKER_WINDOW_CALLS": "10000",
        "SYNCWELL_BREAKER_MINIMUM_CALLS": "10000",
    }


class Drill:
    def __init__(self, server, at_sandbox, mail, folder):
        self.server, self.at_sandbox, self.mail = server, at_sandbox, mail
        self.wrong = []
        self.clock = folder / "moved_clock.so"
        source = ROOT / "tests" / "moved_clock.c"
        subprocess.run(["clang-19", "-O2", "-shared", "-fPIC", "-o", self.clock, source], check=True)

    def expect(self, what, is_so):
        if not is_so:
            self.wrong.append(what)
            print(f"desk_drill: not so: {what}", file=sys.stderr)

    def admin(self, method, path, body=None):
        return self.server.call(method, path, ADMIN, body)

    def overview(self):
        return self.admin("GET", "/admin/overview")[1]

    def until(self, what, condition):
        begin = time.monotonic()
        while not condition():
            if time.monotonic() - begin > PATIENCE_S:
                self.expect(f"{what} within {PATIENCE_S} s", False)
                return None
            time.sleep(0.2)
        return round(time.monotonic() - begin, 1)

    async def outside(self, provider):
        self.at_sandbox.close()  # the sandbox does not wait for ever for the next call
        return (await webhook_storm.must(self.at_sandbox, "GET", f"/_sandbox/state?provider={provider}", {}))[1]

    async def faults(self, rules):
        self.at_sandbox.close()
        await webhook_storm.must(self.at_sandbox, "PUT", "/_sandbox/faults", {}, {"rules": rules})

    def sync_all(self, people):
        for person in people:
            self.server.must("POST", "/v1/sync-jobs", person.token, {"syncConfigId": person.config})

    async def outage(self, people):
        down = {"match": {"provider": "google_health"}, "fault": {"kind": "status", "status": 503}}
        await self.faults([down])
        self.sync_all(people)
        died = self.until("all jobs are dead letters", lambda: self.overview()["openEntries"] == len(people))
        time.sleep(3)
        incidents = self.admin("GET", "/admin/incidents")[1]["incidents"]
        pages = (await self.outside("pagerduty"))["incidents"]
        seen = {"died_s": died, "entries": incidents[0]["entries"] if incidents else 0, "incidents": len(incidents)}
        seen |= {"pages": len(pages), "mails_before_the_delay": len(self.mail.mails)}
        self.expect("one incident", len(incidents) == 1)
        self.expect("one page, told once", len(pages) == 1 and pages[0]["triggers"] == 1)
        self.expect("no mail before the delay", not self.mail.mails)
        await self.faults([])
        incident = incidents[0]["id"]
        state = lambda: self.admin("GET", f"/admin/incidents/{incident}")[1]  # noqa: E731
        seen["drained_s"] = self.until("the incident drains", lambda: state()["state"] == "resolved")
        seen["resolved"] = state()["resolved"]
        self.expect("every entry came through", state()["resolved"] == len(people))
        ended = False
        for _ in range(PATIENCE_S):
            pages = (await self.outside("pagerduty"))["incidents"]
            ended = bool(pages) and all(page["status"] == "resolved" for page in pages)
            if ended:
                break
            time.sleep(1)
        seen["pages_in_all"] = len(pages)
        self.expect("the page ends", ended and len(pages) == 1)
        return seen

    async def mapping_bug(self, person):
        await self.faults([RENAMED])
        settings = {"contactEmail": "person0@people.example", "locale": "de-DE"}
        self.server.must("PUT", "/v1/users/me/settings", person.token, settings)
        self.sync_all([person])
        self.until("the job is a dead letter", lambda: self.overview()["openEntries"] == 1)
        await self.faults([])
        tickets = []
        for _ in range(50):
            tickets = (await self.outside("zendesk"))["tickets"]
            if tickets:
                break
            time.sleep(0.2)
        entry = self.admin("GET", "/admin/dlq?state=open")[1]["deadLetters"][0]
        self.expect("an urgent ticket", len(tickets) == 1 and tickets[0]["priority"] == "urgent")
        self.expect("what failed, and how", (entry["provider"], entry["code"]) == ("google_health", "mapping"))
        told = tickets[0]["comments"][0]["body"] if tickets else ""
        self.expect("with the full message", entry["message"] in told)
        killed_at = self.kill_at_the_next_mail()
        asked = [self.admin("POST", f"/admin/contacts/{entry['id']}/send", {"template": "initial"})[0] for _ in range(2)]
        self.expect("the second request is a conflict", asked == [202, 409])
        self.server.process.wait(timeout=60)
        self.move_clock(0.1)  # past the time for which a notice that is being told is hidden
        self.until("the mail arrives", lambda: len(self.mail.mails) == 1)
        time.sleep(2)
        mails = self.mail.mails
        self.expect("one mail to one person, in German", len(mails) == 1 and "de" in mails[0]["Content-Language"])
        verdict = self.admin("GET", "/admin/audit/verify")[1]
        self.expect("the audit log is intact", verdict["intact"])
        return {
            "code": entry["code"],
            "ticket": tickets[0]["subject"] if tickets else None,
            "mail": mails[0]["Subject"] if mails else None,
            "mails": len(mails),
            "killed_at": killed_at,
            "audit_entries": verdict["entries"],
        }

    def kill_at_the_next_mail(self):
        killed_at = []

        def kill(command):
            if not killed_at:
                killed_at.append(command)
                self.server.process.kill()

        self.mail.at = kill
        return killed_at

    def move_clock(self, hours):
        """The server starts again, so many hours later than it is."""
        self.server.process.terminate()
        self.server.process.wait(timeout=60)
        self.server.environment |= {"LD_PRELOAD": self.clock, "MOVED_CLOCK_S": str(int(hours * 3600))}
        self.server.start()

    async def contact_clock(self, written_to, unknown):
        """Two people whose syncs failed: one of them can be written to."""
        await self.faults([RENAMED])
        self.server.must("PUT", "/v1/users/me/settings", written_to.token, {"contactEmail": "person1@people.example"})
        before = self.overview()["openEntries"]
        self.sync_all([written_to, unknown])
        self.until("the jobs are dead letters", lambda: self.overview()["openEntries"] == before + 2)
        # What is broken stays so: a later sync that comes through would close the cases.
        ids = [entry["id"] for entry in self.admin("GET", "/admin/dlq?state=open")[1]["deadLetters"][:2]]
        mails = len(self.mail.mails)

        def stages():
            listed = [self.admin("GET", f"/admin/dlq?job={one}")[1]["deadLetters"] for one in ids]
            return sorted(entry["contact"]["state"] for entries in listed for entry in entries)

        seen = []
        for hours, expected in ((12.5, "half"), (19.5, "late")):
            self.move_clock(hours)
            self.until(f"after {hours} h both are {expected}", lambda expected=expected: stages() == [expected] * 2)
            seen.append({"hours": hours, "contacts": stages(), "mails": len(self.mail.mails) - mails})
        self.expect("no mail before 90 %", len(self.mail.mails) == mails)
        killed_at = self.kill_at_the_next_mail()
        self.move_clock(22)
        self.server.process.wait(timeout=60)
        self.move_clock(22.1)
        self.until("the person who can be written to is told", lambda: stages() == ["contacted", "late"])
        seen.append({"hours": 22, "contacts": stages(), "mails": len(self.mail.mails) - mails})
        self.move_clock(24.5)
        self.until("after 24.5 h the other is overdue", lambda: stages() == ["contacted", "overdue"])
        time.sleep(3)
        pages = (await self.outside("pagerduty"))["incidents"]
        pages = [one for one in pages if "contact-clock" in one["dedup_key"]]
        seen.append({"hours": 24.5, "contacts": stages(), "mails": len(self.mail.mails) - mails})
        self.expect("one mail, after a crash in the middle", killed_at and len(self.mail.mails) == mails + 1)
        self.expect("one page", len(pages) == 1 and pages[0]["status"] != "resolved")
        return {"stages": seen, "killed_at": killed_at, "page": pages}


async def run(arguments, folder, log):
    mail = MailServer(folder)
    sandbox = webhook_storm.Sandbox(arguments.program)
    environment = {**os.environ, **settings(folder, sandbox, mail)}
    server = None
    try:
        server = webhook_storm.StormServer(arguments.program, folder, sandbox, inherited=environment, log=log)
        at_sandbox = webhook_storm.Exchange(sandbox.port)
        begin = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=6)
        begin = begin.replace(minute=0, second=0, microsecond=0)
        print(f"{arguments.people} people connect", file=sys.stderr)
        people = [await webhook_storm.add_person(server, at_sandbox, i, begin) for i in range(arguments.people)]
        drill = Drill(server, at_sandbox, mail, folder)
        idle = lambda: all(drill.overview()["queue"][part] == 0 for part in ("visible", "inFlight", "delayed"))  # noqa: E731
        drill.until("their first syncs are through", idle)
        print("the provider goes down", file=sys.stderr)
        seen = {"outage": await drill.outage(people)}
        print("the provider sends what nobody understands", file=sys.stderr)
        seen["mapping_bug"] = await drill.mapping_bug(people[0])
        print("the clock moves on", file=sys.stderr)
        seen["contact_clock"] = await drill.contact_clock(people[1], people[2])
        seen["wrong"] = drill.wrong
        print(json.dumps(seen, ensure_ascii=False))
        return 1 if drill.wrong else 0
    finally:
        for one in (server, sandbox):
            if one is not None:
                one.process.terminate()
                one.process.wait(timeout=30)
        mail.controller.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--program", default=str(ROOT / "build" / "release" / "syncwell"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="syncwell-drill-") as name:
        folder, code = pathlib.Path(name), 1
        with open(folder / "server.log", "a+") as log:
            try:
                code = asyncio.run(run(arguments, folder, log))
            finally:
                if code != 0:
                    log.seek(0)
                    print(log.read()[-5000:], file=sys.stderr)
        return code


if __name__ == "__main__":
    sys.exit(main())
