// The support desk as the contract has it: 100,000 dead letters, incidents, contacts, notices, audit trail, staff.
import { ago, done, ok, pageOf, problem, type Answer, type Ask } from "./answer.ts";
import { figures } from "./figures.ts";

export const deadLetterCount = 100_000;
const ranks = { viewer: 0, support: 1, admin: 2 };
export type Role = keyof typeof ranks;

const causes = [
  {
    provider: "strava",
    code: "provider_failed",
    category: "outage",
    httpStatus: 503,
    rule: "provider outage",
    message: "Strava answered 503: the service is temporarily unavailable",
  },
  {
    provider: "google_health",
    code: "timeout",
    category: "outage",
    rule: "provider outage",
    message: "nothing came within 30 s while reading data points",
  },
  {
    provider: "google_health",
    code: "mapping",
    category: "bad_data",
    httpStatus: 200,
    rule: "bad data",
    message: "dataPoints[12].value: neither a number nor absent",
  },
  {
    provider: "strava",
    code: "provider_rejected",
    category: "bad_data",
    httpStatus: 422,
    rule: "bad data",
    message: "upload refused: the activity has no time stream",
  },
  {
    provider: "strava",
    code: "forbidden",
    category: "authentication",
    httpStatus: 403,
    rule: "authentication",
    message: "missing scope activity:write",
  },
] as const;
const causeOf = (i: number) => causes[i % 7 < 3 ? 0 : i % 7 === 3 ? 1 : 2 + (i % 3)] ?? causes[0];
const dataTypes = ["workout", "steps", "weight", "sleep"];
const hex = (n: number, length: number) => (n * 2654435761 + 97).toString(16).padStart(length, "0").slice(-length);
const playbooks: Record<string, string> = {
  outage:
    "The provider does not answer, or answers 5xx. Look at its status page and at the breaker. Entries of one outage are one incident; they go back to the queue by themselves, an hour after they died. Do nothing unless the status page says that all is well and the incident stays.",
  bad_data:
    "The provider refused a record, or sent one that we do not understand: a bug of ours, or a change of theirs. Open a P1 ticket with the message; redrive the entries when the mend is installed.",
  authentication:
    "Refused consent ends a job without a dead letter, so this one should not be here: flag the bug. Ask the person to connect the account again; their next sync does the rest.",
};
const meanings: Record<string, [string, string]> = {
  provider_failed: ["the provider failed", "repeat later"],
  timeout: ["nothing came in time", "repeat"],
  mapping: ["the provider answered with something that cannot be understood", "report it: this is a bug"],
  provider_rejected: ["the provider refused the request for good", "report it: this is a bug"],
  forbidden: [
    "the provider does not allow this account to do that",
    "ask the person to connect again, with all permissions",
  ],
};
const statusPages: Record<string, string> = {
  strava: "https://status.strava.com",
  google_health: "https://status.cloud.google.com",
};

export function createDesk() {
  const changed = new Map<string, { state?: string; redrives?: number; purged?: boolean }>();
  const notes = new Map<string, object[]>();
  const audit: Record<string, unknown>[] = [];
  const staff = [
    { id: "stf_1", name: "ada", role: "admin", createdAt: ago(86_400 * 200) },
    { id: "stf_2", name: "grace", role: "support", createdAt: ago(86_400 * 90) },
    { id: "stf_3", name: "linus", role: "viewer", createdAt: ago(86_400 * 12) },
  ];
  const undelivered = [
    {
      id: "ntc_1",
      channel: "pagerduty",
      subject: "outage/strava",
      state: "undelivered",
      attempts: 8,
      lastError: "PagerDuty answered 429",
      updatedAt: ago(900),
    },
    {
      id: "ntc_2",
      channel: "mail",
      subject: "initial to a person",
      state: "undelivered",
      attempts: 5,
      lastError: "550 mailbox unavailable",
      updatedAt: ago(5_400),
    },
  ];
  const record = (who: string, role: Role, action: string, target: string, more: object = {}) =>
    audit.unshift({
      sequence: audit.length + 1,
      at: ago(0),
      who,
      role,
      action,
      target,
      hash: hex(audit.length + 7, 16),
      ...more,
    });
  for (let i = 0; i < 60; ++i) {
    record(
      ["ada", "grace", "linus"][i % 3] ?? "",
      (["admin", "support", "viewer"] as const)[i % 3] ?? "viewer",
      i % 4 ? "dlq.view" : "dlq.redrive",
      String(99_000 + i),
      i % 4 ? { purpose: "Answering the person's question" } : {},
    );
  }

  const entryAt = (i: number) => {
    const id = String(deadLetterCount - i);
    const cause = causeOf(i);
    const change = changed.get(id);
    if (change?.purged) return undefined;
    const state = change?.state ?? (i % 11 === 10 ? "redriven" : i % 13 === 12 ? "resolved" : "open");
    const { rule, category, code, provider, message } = cause;
    const clock = ["running", "half", "late", "overdue", "contacted"][i % 5] ?? "running";
    return {
      id,
      state,
      category,
      rule,
      code,
      provider,
      message,
      ...("httpStatus" in cause ? { httpStatus: cause.httpStatus } : {}),
      dataType: dataTypes[i % 4] ?? "steps",
      userId: `usr_${hex(i % 900, 12)}`,
      syncConfigId: `sync_${hex(i + 1, 12)}`,
      sourceConnectionId: `conn_${hex(i + 2, 12)}`,
      destinationConnectionId: `conn_${hex(i + 3, 12)}`,
      jobId: `job_${hex(i + 4, 8)}-4a1b-4c3d-9e8f-${hex(i + 5, 12)}`,
      correlationId: `${hex(i + 6, 8)}${hex(i + 7, 8)}${hex(i + 8, 8)}`,
      attempts: 5,
      redrives: change?.redrives ?? 0,
      firstFailedAt: ago(1_500 + i * 40),
      diedAt: ago(420 + i * 40),
      incidentId: `inc_${provider}_${code}`,
      contact: { state: clock, dueAt: new Date(Date.now() + 3_600_000 * (12 - (i % 5) * 4)).toISOString() },
    };
  };
  type Entry = NonNullable<ReturnType<typeof entryAt>>;
  const find = (id: string) => {
    const i = deadLetterCount - Number(id);
    return Number.isInteger(i) && i >= 0 && i < deadLetterCount ? entryAt(i) : undefined;
  };
  const fits = (entry: Entry, query: URLSearchParams) => {
    const wanted = {
      state: entry.state,
      provider: entry.provider,
      category: entry.category,
      code: entry.code,
      incident: entry.incidentId,
      job: entry.jobId,
      user: entry.userId,
    };
    return Object.entries(wanted).every(([name, value]) => !query.get(name) || query.get(name) === value);
  };
  const incidents = [
    {
      id: "inc_strava_provider_failed",
      state: "open",
      rule: "provider outage",
      category: "outage",
      action: "redrive",
      provider: "strava",
      code: "provider_failed",
      title: "Strava answered 503: the service is temporarily unavailable",
      playbook: playbooks.outage,
      statusPage: statusPages.strava,
      entries: 42_857,
      open: 39_200,
      redriven: 1_857,
      resolved: 1_700,
      archived: 100,
      openedAt: ago(7_200),
      lastEntryAt: ago(420),
      nextRedriveAt: new Date(Date.now() + 1_500_000).toISOString(),
    },
    {
      id: "inc_google_health_mapping",
      state: "open",
      rule: "bad data",
      category: "bad_data",
      action: "ticket",
      provider: "google_health",
      code: "mapping",
      title: "dataPoints[12].value: neither a number nor absent",
      playbook: playbooks.bad_data,
      statusPage: statusPages.google_health,
      entries: 14_285,
      open: 14_000,
      redriven: 0,
      resolved: 285,
      archived: 0,
      openedAt: ago(86_400),
      lastEntryAt: ago(600),
      ticket: { state: "open", id: "48213" },
    },
    {
      id: "inc_google_health_timeout",
      state: "resolved",
      rule: "provider outage",
      category: "outage",
      action: "redrive",
      provider: "google_health",
      code: "timeout",
      title: "nothing came within 30 s while reading data points",
      playbook: playbooks.outage,
      entries: 212,
      open: 0,
      redriven: 0,
      resolved: 210,
      archived: 2,
      openedAt: ago(400_000),
      lastEntryAt: ago(390_000),
      resolvedAt: ago(380_000),
    },
  ];

  const overview = () => ({
    queue: { visible: 118, inFlight: 24, delayed: 320, dead: 4, oldestAgeSeconds: 412 },
    openEntries: 84_615,
    redrivenEntries: 8_392,
    openIncidents: 2,
    contactsDue: { running: 640, half: 212, late: 38, overdue: 3 },
    undelivered: undelivered.length,
    alarms: [
      {
        key: "outage/strava",
        severity: "critical",
        summary: "Strava: 39,200 dead letters of one outage",
        since: ago(7_200),
        consolePath: "#/incidents/inc_strava_provider_failed",
        playbook: "provider-outage",
        channels: [
          { channel: "pagerduty", state: "undelivered" },
          { channel: "webhook", state: "told" },
        ],
      },
      {
        key: "contact-clock",
        severity: "error",
        summary: "3 people should have heard of their failed syncs",
        since: ago(1_900),
        consolePath: "#/contacts",
        playbook: "Look at Contacts: write to those who are due, and reach those without an address another way.",
        channels: [{ channel: "mail", state: "queued" }],
      },
      {
        key: "queue-age",
        severity: "warning",
        summary: "The oldest job has waited for 7 minutes",
        since: ago(240),
        consolePath: "#/operations",
        playbook:
          "Look at Operations: are workers running, is one provider slow? Raise worker.threads if all are busy.",
        channels: [],
      },
    ],
  });

  const timelineOf = (entry: Entry) => [
    { at: ago(1_530), kind: "asked", text: "schedule" },
    {
      at: entry.firstFailedAt,
      kind: "attempt_failed",
      code: entry.code,
      provider: entry.provider,
      ...(entry.httpStatus ? { httpStatus: entry.httpStatus } : {}),
    },
    { at: ago(1_300), kind: "delayed", code: "circuit_open", provider: entry.provider, count: 14 },
    { at: ago(500), kind: "attempt_failed", code: entry.code, provider: entry.provider, count: 4 },
    { at: entry.diedAt, kind: "dead_lettered", code: entry.code, by: "triage" },
    ...(notes.get(entry.id) ?? []),
  ];

  const onEntry = (ask: Ask, who: string, role: Role): Answer => {
    const [, , id = "", action] = ask.path;
    const entry = find(id);
    if (!entry) return problem(404, "not_found", "There is no case with this id.");
    const note = (kind: string, text?: string) =>
      notes.set(id, [...(notes.get(id) ?? []), { at: ago(0), kind, by: who, ...(text ? { text } : {}) }]);
    if (ask.method === "GET") {
      const purpose = ask.query.get("purpose") ?? "";
      if (purpose.replace(/\s/g, "").length < 5 || purpose.length > 200)
        return problem(400, "purpose_required", "Say what you look at it for.");
      record(who, role, "dlq.view", id, { purpose });
      const [meaning, advice] = meanings[entry.code] ?? ["", ""];
      return ok({
        ...entry,
        meaning,
        advice,
        playbook: playbooks[entry.category],
        statusPage: statusPages[entry.provider],
        timeline: timelineOf(entry),
      });
    }
    if (ask.method === "DELETE") {
      if (ask.query.get("confirm") !== id) return problem(400, "confirmation_required");
      changed.set(id, { purged: true });
      record(who, role, "dlq.purge", id);
      return done;
    }
    if (action === "redrive") {
      if (entry.state === "redriven") return problem(409, "already_redriven", "Its job is on its way again.");
      if (entry.state !== "open") return problem(409, "case_closed", "This case is closed.");
      changed.set(id, { state: "redriven", redrives: entry.redrives + 1 });
      note("redriven");
      record(who, role, "dlq.redrive", id);
      return ok({ redriven: 1 }, 202);
    }
    if (action === "archive") {
      changed.set(id, { state: "archived" });
      note("archived");
      record(who, role, "dlq.archive", id);
      return ok(find(id));
    }
    note("annotated", String(ask.body.text));
    record(who, role, "dlq.annotate", id);
    return ok(entry, 201);
  };

  const onContact = (ask: Ask, who: string, role: Role): Answer => {
    const [, , id = "", action] = ask.path;
    if (!action) {
      const wanted = ask.query.get("state");
      return pageOf("contacts", ask.query, 400, (i) => {
        const entry = entryAt(i);
        if (!entry || (wanted ? entry.contact.state !== wanted : entry.state !== "open")) return undefined;
        const messages =
          entry.contact.state === "contacted"
            ? [{ template: "initial", locale: "de", state: "sent", at: ago(600) }]
            : [];
        return {
          entryId: entry.id,
          userId: entry.userId,
          provider: entry.provider,
          state: entry.contact.state,
          firstFailedAt: entry.firstFailedAt,
          dueAt: entry.contact.dueAt,
          messages,
        };
      });
    }
    const entry = find(id);
    if (!entry) return problem(404, "not_found");
    if (action === "preview") {
      return ok({
        template: ask.body.template,
        locale: "en",
        subject: "SyncWell: syncing your workouts with Strava is interrupted",
        body: "Hello,\n\nsince this morning, SyncWell has not been able to sync your workouts with Strava.\n\nYou do not need to do anything. We know about it and are working on it.\n\nKind regards\nSyncWell",
      });
    }
    if (Number(id) % 5 === 1) return problem(409, "already_contacted", "This person has had this message.");
    record(who, role, "contact.send", id, { detail: String(ask.body.template) });
    notes.set(id, [
      ...(notes.get(id) ?? []),
      { at: ago(0), kind: "contacted", by: who, text: String(ask.body.template) },
    ]);
    return ok({ state: "queued" }, 202);
  };

  const leastRole = (ask: Ask): Role => {
    const [, thing] = ask.path;
    if (["audit", "configuration", "staff"].includes(thing ?? "") || ask.method === "DELETE") return "admin";
    return ask.method === "POST" ? "support" : "viewer";
  };

  return {
    audit,
    // How a redriven job ends.
    end(id: string, state: "resolved" | "open"): void {
      changed.set(id, { ...changed.get(id), state });
    },
    answer(ask: Ask, who: string, role: Role): Answer {
      const [, thing, id, action] = ask.path;
      if (ranks[role] < ranks[leastRole(ask)])
        return problem(403, "role_required", `This needs the role ${leastRole(ask)}.`);
      switch (thing) {
        case "me":
          return ok({ name: who, role });
        case "overview":
          return ok(overview());
        case "dlq":
          if (ask.method === "POST" && id === "redrive") {
            record(who, role, "dlq.redrive_all", String(ask.body.incident ?? ""), { detail: JSON.stringify(ask.body) });
            return ok({ redriven: 1_234 }, 202);
          }
          if (id) return onEntry(ask, who, role);
          return pageOf("deadLetters", ask.query, deadLetterCount, (i) => {
            const entry = entryAt(i);
            return entry && fits(entry, ask.query) ? entry : undefined;
          });
        case "incidents": {
          if (!id) {
            const wanted = incidents.filter((each) => each.state === (ask.query.get("state") ?? "open"));
            return pageOf("incidents", ask.query, wanted.length, (i) => wanted[i]);
          }
          const incident = incidents.find((each) => each.id === id);
          if (!incident) return problem(404, "not_found", "There is no incident with this id.");
          if (action !== "redrive") return ok(incident);
          const redriven = incident.open;
          Object.assign(incident, { open: 0, redriven: incident.redriven + redriven });
          record(who, role, "incident.redrive", id);
          return ok({ redriven }, 202);
        }
        case "contacts":
          return onContact(ask, who, role);
        case "notices": {
          if (action === "retry") {
            undelivered.splice(
              undelivered.findIndex((each) => each.id === id),
              1,
            );
            return ok({ state: "queued" }, 202);
          }
          const wanted = (ask.query.get("state") ?? "undelivered") === "undelivered" ? undelivered : [];
          return pageOf("notices", ask.query, wanted.length, (i) => wanted[i]);
        }
        case "audit":
          if (id === "verify") return ok({ intact: true, entries: audit.length, head: audit[0]?.hash });
          return pageOf("audit", ask.query, audit.length, (i) => audit[i]);
        case "break-glass": {
          const userId = String(ask.body.userId);
          record(who, role, "break_glass.open", "bg_1", { purpose: ask.body.purpose, detail: userId });
          const entry = entryAt(0);
          const jobs = [
            {
              jobId: entry?.jobId,
              correlationId: entry?.correlationId,
              status: "dead_lettered",
              createdAt: ago(1_500),
              errorCode: "provider_failed",
            },
            {
              jobId: "job_5e0c11aa-0000-4000-8000-000000000001",
              correlationId: hex(3, 24),
              status: "succeeded",
              createdAt: ago(90_000),
            },
          ];
          return ok(
            {
              id: "bg_1",
              expiresAt: new Date(Date.now() + 1_800_000).toISOString(),
              userId: userId.startsWith("usr_") ? userId : `usr_${hex(5, 12)}`,
              jobs,
            },
            201,
          );
        }
        case "staff":
          if (ask.method === "DELETE") {
            staff.splice(
              staff.findIndex((each) => each.id === id),
              1,
            );
            return done;
          }
          if (ask.method === "POST") {
            const made = {
              id: `stf_${staff.length + 1}`,
              name: String(ask.body.name),
              role: String(ask.body.role),
              createdAt: ago(0),
            };
            staff.push(made);
            return ok({ ...made, token: "stf_4-f3a9c0d1e2b7" }, 201);
          }
          return ok({ staff });
        default:
          return figures(thing ?? "") ?? problem(404, "not_found");
      }
    },
  };
}
