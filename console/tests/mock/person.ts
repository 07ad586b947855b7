// One person's part of the API, with accounts that work and that do not, and jobs that a test may hold while they run.
import { createHash, randomUUID } from "node:crypto";
import { ago, done, ok, pageOf, problem, type Answer, type Ask } from "./answer.ts";

interface Job extends Record<string, unknown> {
  id: string;
  syncConfigId: string;
  status: string;
  counts: Record<string, number>;
}

const types = (list: [string, boolean, boolean][]) =>
  list.map(([type, read, write]) => ({ type, read, write, overwrite: "own_records", delete: write }));
const providers = [
  {
    key: "google_health",
    name: "Google Health",
    kind: "cloud",
    readingNeedsConsent: false,
    dataTypes: types([
      ["steps", true, true],
      ["weight", true, true],
      ["sleep", true, true],
      ["heart_rate", true, false],
      ["workout", true, true],
    ]),
  },
  {
    key: "strava",
    name: "Strava",
    kind: "cloud",
    readingNeedsConsent: true,
    terms: "Strava's API agreement of 2024 forbids showing a person's data to anybody else.",
    dataTypes: types([["workout", true, true]]),
  },
  {
    key: "fit",
    name: "FIT files",
    kind: "file",
    readingNeedsConsent: false,
    dataTypes: types([["workout", true, true]]),
  },
  {
    key: "apple_health",
    name: "Apple Health export",
    kind: "file",
    readingNeedsConsent: false,
    dataTypes: types([
      ["steps", true, false],
      ["weight", true, false],
    ]),
  },
];
const counts = (some: object = {}) => ({
  read: 0,
  written: 0,
  deleted: 0,
  unchanged: 0,
  skipped: 0,
  conflicts: 0,
  failed: 0,
  warnings: 0,
  ...some,
});

export function createPerson() {
  const user = {
    id: "usr_9f2c71d0a4be",
    tier: "PRO",
    paused: false,
    timeZone: "Europe/Berlin",
    locale: "en-GB",
    hasContactEmail: true,
    contactEmail: "j***@example.org",
    contactOptOut: false,
    version: 3,
    createdAt: ago(86_400 * 60),
  };
  const connections: { id: string; provider: string; status: string; createdAt: string }[] = [
    { id: "conn_google", provider: "google_health", status: "active", createdAt: ago(86_400 * 60) },
    { id: "conn_strava", provider: "strava", status: "needs_reauth", createdAt: ago(86_400 * 40) },
    { id: "conn_apple", provider: "apple_health", status: "active", createdAt: ago(86_400 * 20) },
  ];
  const sync = (id: string, from: string, to: string, dataType: string, more: object = {}) => ({
    id,
    sourceConnectionId: from,
    destinationConnectionId: to,
    dataType,
    conflictResolutionStrategy: "newest_wins",
    readingConsent: false,
    version: 1,
    createdAt: ago(86_400 * 20),
    ...more,
  });
  const syncs: (ReturnType<typeof sync> & Record<string, unknown>)[] = [
    sync("sync_weight", "conn_apple", "conn_google", "weight", {
      lastSyncTime: ago(640),
      nextSyncAt: new Date(Date.now() + 1_160_000).toISOString(),
    }),
    sync("sync_workouts", "conn_google", "conn_strava", "workout", { lastSyncTime: ago(90_000) }),
    sync("sync_steps", "conn_apple", "conn_google", "steps", {
      lastSyncTime: ago(40_000),
      nextSyncAt: new Date(Date.now() + 300_000).toISOString(),
    }),
    sync("sync_sleep", "conn_apple", "conn_google", "sleep", {
      paused: true,
      lastSyncTime: ago(200_000),
      conflictResolutionStrategy: "dest_wins",
    }),
  ];
  const job = (
    n: number,
    syncConfigId: string,
    dataType: string,
    status: string,
    seconds: number,
    more: object = {},
  ): Job => ({
    id: `job_${n}`,
    syncConfigId,
    dataType,
    status,
    cause: n % 3 ? "schedule" : "manual",
    attempts: 0,
    partial: false,
    correlationId: `7c1e${n}b20f4a6d11`,
    createdAt: ago(seconds),
    updatedAt: ago(seconds - 3),
    counts: counts({ read: 34, written: 4, unchanged: 28, skipped: 2, conflicts: 2 }),
    ...more,
  });
  const failure = (code: string, message: string, meaning: string, advice: string) => ({
    attempts: 5,
    counts: counts(),
    error: { code, message, meaning, advice },
  });
  const jobs: Job[] = [
    job(9, "sync_weight", "weight", "succeeded", 640),
    job(
      8,
      "sync_steps",
      "steps",
      "dead_lettered",
      2_000,
      failure("provider_failed", "Google Health answered 503", "the provider failed", "repeat later"),
    ),
    job(
      7,
      "sync_sleep",
      "sleep",
      "dead_lettered",
      3_000,
      failure(
        "mapping",
        'record 812: stage "LIGHT?" is none that we know',
        "the provider answered with something that cannot be understood",
        "report it: this is a bug",
      ),
    ),
    job(
      6,
      "sync_workouts",
      "workout",
      "needs_reauth",
      3_400,
      failure(
        "unauthenticated",
        "Strava answered 401 to the renewal of the token",
        "the provider refused the account's consent",
        "ask the person to connect again",
      ),
    ),
    job(5, "sync_weight", "weight", "succeeded", 90_000, {
      partial: true,
      counts: counts({ read: 12, written: 1, unchanged: 11 }),
    }),
    job(4, "sync_weight", "weight", "succeeded", 180_000, { counts: counts({ read: 9, unchanged: 9 }) }),
  ];
  const decisions = [
    ["HKQuantity-2026-11-22T07:14", "create", "no_conflict"],
    ["HKQuantity-2026-11-21T07:02", "update", "edited"],
    ["HKQuantity-2026-11-20T21:40", "skip", "destination_is_newer"],
    ["HKQuantity-2026-11-20T07:11", "skip", "destination_wins"],
    ["HKQuantity-2026-11-19T07:09", "update", "source_is_newer"],
    ["HKQuantity-2026-11-18T07:20", "delete", "deleted_at_source"],
    ["HKQuantity-2026-11-17T07:13", "skip", "echo"],
    ["HKQuantity-2026-11-16T07:05", "skip", "not_overwritable"],
  ].map(([recordId, action, reason]) => ({ recordId, action, reason }));
  const pendingStates = new Map<string, { provider: string; challenge: string }>();
  const watchers = new Map<string, ((job: Job) => void)[]>();

  const control = {
    hold: false, // a job stays at "running" until a test lets it go
    erased: false,
    sent: [] as { method: string; path: string; body: unknown }[],
    finish(status = "succeeded", more: object = {}) {
      for (const each of jobs.filter((one) => one.status === "running"))
        advance(each, status, { counts: counts({ read: 20, written: 3, unchanged: 15, skipped: 2 }), ...more });
    },
  };
  const advance = (one: Job, status: string, more: object = {}) => {
    Object.assign(one, { status, updatedAt: ago(0), ...more });
    for (const tell of watchers.get(one.id) ?? []) tell(one);
  };
  const begin = (one: Job) => {
    const later = (ms: number, act: () => void) => void setTimeout(act, ms).unref();
    later(40, () => advance(one, "queued"));
    later(80, () => advance(one, "running", { counts: counts({ read: 7, written: 1 }) }));
    if (!control.hold) later(300, () => one.status === "running" && control.finish());
  };

  const redeem = (ask: Ask, provider: string): Answer | undefined => {
    const state = pendingStates.get(String(ask.body.state));
    pendingStates.delete(String(ask.body.state));
    const challenge = createHash("sha256").update(String(ask.body.codeVerifier)).digest("base64url");
    if (!state || state.provider !== provider || state.challenge !== challenge || ask.body.code !== "mock-code") {
      return problem(
        400,
        "invalid_argument",
        "state is unknown, used or older than 10 minutes: start the connection again",
      );
    }
    return undefined;
  };

  const onConnections = (ask: Ask): Answer => {
    const [, , id, action] = ask.path;
    const found = connections.find((each) => each.id === id);
    if (!id && ask.method === "GET") return pageOf("connections", ask.query, connections.length, (i) => connections[i]);
    if (!id) {
      const wrong = redeem(ask, String(ask.body.provider));
      if (wrong) return wrong;
      const made = {
        id: `conn_${connections.length + 1}`,
        provider: String(ask.body.provider),
        status: "active",
        createdAt: ago(0),
      };
      connections.push(made);
      return ok(made, 201);
    }
    if (!found) return problem(404, "not_found", "There is no connection with this id.");
    if (action === "reauth") {
      const wrong = redeem(ask, found.provider);
      if (wrong) return wrong;
      found.status = "active";
      return ok(found);
    }
    if (ask.method !== "DELETE") return ok(found);
    connections.splice(connections.indexOf(found), 1);
    return done;
  };

  const onSyncs = (ask: Ask): Answer => {
    const id = ask.path[2];
    if (!id && ask.method === "GET") return pageOf("syncConfigs", ask.query, syncs.length, (i) => syncs[i]);
    if (!id) {
      const made = {
        ...(ask.body as unknown as ReturnType<typeof sync>),
        id: `sync_${syncs.length + 1}`,
        version: 1,
        createdAt: ago(0),
      };
      syncs.push(made);
      return ok(made, 201);
    }
    const found = syncs.find((each) => each.id === id);
    if (!found) return problem(404, "not_found", "There is no sync config with this id.");
    if (ask.method === "DELETE") {
      syncs.splice(syncs.indexOf(found), 1);
      return done;
    }
    if (ask.method === "PUT") Object.assign(found, ask.body, { version: found.version + 1 });
    return ok(found);
  };

  const onJobs = (ask: Ask): Answer => {
    const [, , id, part] = ask.path;
    if (!id && ask.method === "GET") return pageOf("syncJobs", ask.query, jobs.length, (i) => jobs[i]);
    if (!id) {
      const config = syncs.find((each) => each.id === ask.body.syncConfigId);
      if (!config) return problem(404, "not_found", "There is no sync config with this id.");
      const made = job(0, config.id, config.dataType, "accepted", 0, { id: `job_${randomUUID()}`, counts: counts() });
      jobs.unshift(made);
      begin(made);
      return ok({ id: made.id, syncConfigId: config.id, status: made.status }, 202);
    }
    const found = jobs.find((each) => each.id === id);
    if (!found) return problem(404, "not_found", "There is no sync job with this id.");
    if (part === "decisions") return ok({ syncJobId: id, decisions, truncated: false });
    if (part !== "events") return ok(found);
    return {
      status: 200,
      stream(send, end) {
        const tell = (one: Job) => {
          send(`event: job\ndata: ${JSON.stringify(one)}\n\n`);
          if (!["accepted", "queued", "running"].includes(one.status)) end();
        };
        send(": keep-alive\n\n");
        watchers.set(id, [...(watchers.get(id) ?? []), tell]);
        tell(found);
      },
    };
  };

  return {
    control,
    answer(ask: Ask): Answer {
      if (ask.method !== "GET") control.sent.push({ method: ask.method, path: ask.path.join("/"), body: ask.body });
      const [, thing, id, part] = ask.path;
      switch (thing) {
        case "users":
          if (control.erased) return problem(403, "account_erased", "This account is being erased.");
          if (ask.method === "DELETE") {
            control.erased = true;
            return ok({ status: "erasing" }, 202);
          }
          if (part === "settings") {
            const { contactEmail, ...others } = ask.body;
            if (contactEmail !== undefined && contactEmail !== "" && !/^[^@\s]+@[^@\s]+$/.test(String(contactEmail)))
              return problem(400, "invalid_argument", "contactEmail: must be a mail address");
            Object.assign(user, others, { version: user.version + 1 });
            if (contactEmail !== undefined)
              Object.assign(user, {
                hasContactEmail: contactEmail !== "",
                contactEmail: contactEmail ? `${String(contactEmail)[0]}***@example.org` : undefined,
              });
          }
          return ok(user);
        case "export-jobs":
          return ok(
            {
              id: "exp_1",
              status: "ready",
              url: `${ask.origin}/v1/exports/exp_1?token=x`,
              expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
            },
            201,
          );
        case "providers": {
          if (part !== "authorization-url") return ok({ providers });
          const state = randomUUID();
          pendingStates.set(state, { provider: id ?? "", challenge: ask.query.get("codeChallenge") ?? "" });
          const back = new URLSearchParams({ redirect_uri: ask.query.get("redirectUri") ?? "", state });
          return ok({ url: `${ask.origin}/mock/authorize?${back}`, state });
        }
        case "connections":
          return onConnections(ask);
        case "sync-configs":
          return onSyncs(ask);
        case "sync-jobs":
          return onJobs(ask);
        case "sync-previews":
          return ok({
            syncConfigId: ask.body.syncConfigId,
            counts: counts({ read: 34, written: 3, deleted: 1, unchanged: 20, skipped: 4, conflicts: 4, warnings: 1 }),
            partial: false,
            decisions,
            truncated: false,
            warnings: [{ where: "export.xml:1042", what: "a value without a unit was left out" }],
          });
        default:
          return problem(404, "not_found");
      }
    },
  };
}
