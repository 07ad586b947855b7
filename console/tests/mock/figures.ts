// Provider health, history and configuration: figures that look like those of a server with an outage at Strava.
import { ok, type Answer } from "./answer.ts";

const steps = 360;
const stepSeconds = 10;

// A wave with a bump towards the end, the same every time.
function wave(base: number, swing: number, bump = 0): [number, number][] {
  const now = Math.floor(Date.now() / 1000 / stepSeconds) * stepSeconds;
  return Array.from({ length: steps }, (_, i) => {
    const noise = Math.sin(i * 12.9898) * 0.35 + Math.sin(i * 3.17) * 0.2;
    const rise = bump * Math.exp(-(((i - 300) / 34) ** 2));
    return [
      now - (steps - 1 - i) * stepSeconds,
      Math.max(0, Math.round((base + swing * (Math.sin(i / 38) + noise) + rise) * 100) / 100),
    ];
  });
}

const series: [string, string, number, number, number][] = [
  ["jobsSucceeded", "1/s", 42, 6, -14],
  ["jobsFailed", "1/s", 0.4, 0.3, 9],
  ["queueVisible", "", 60, 18, 260],
  ["queueOldestAge", "s", 6, 3, 400],
  ["deadLetters", "", 120, 8, 900],
  ["jobP50", "ms", 310, 40, 120],
  ["jobP95", "ms", 900, 120, 1_400],
  ["jobP99", "ms", 1_800, 260, 3_900],
  ["apiP95", "ms", 12, 3, 4],
  ["providerErrors/strava", "1/s", 0.1, 0.1, 8],
  ["providerP95/strava", "ms", 420, 60, 4_800],
  ["providerErrors/google_health", "1/s", 0.05, 0.05, 0],
  ["providerP95/google_health", "ms", 230, 30, 0],
];

const providers = [
  {
    key: "google_health",
    name: "Google Health",
    mode: "normal",
    breaker: "closed",
    calls: 184_201,
    errors: 92,
    latencyP50Ms: 96,
    latencyP95Ms: 230,
    rateBudget: [{ scope: "app", window: "1 min", used: 1_840, limit: 6_000 }],
    openIncidents: 1,
  },
  {
    key: "strava",
    name: "Strava",
    mode: "read_only",
    breaker: "half_open",
    calls: 20_410,
    errors: 5_120,
    latencyP50Ms: 180,
    latencyP95Ms: 4_900,
    rateBudget: [
      { scope: "app", window: "15 min", used: 566, limit: 600 },
      { scope: "app", window: "day", used: 3_100, limit: 6_000 },
    ],
    openIncidents: 1,
  },
  { key: "fit", name: "FIT files", mode: "normal", breaker: "closed", calls: 0, errors: 0, openIncidents: 0 },
];

const settings = [
  ["data_dir", "/var/lib/syncwell", "environment SYNCWELL_DATA_DIR", "folder for the database and the keys", false],
  ["log.level", "info", "default", "trace, debug, info, warn, error", true],
  ["server.address", "127.0.0.1", "default", "address that the API listens on", false],
  ["server.port", "8460", "default", "port that the API listens on; 0 takes a free one", false],
  [
    "identity.issuer",
    "https://login.example.org",
    "file /etc/syncwell/syncwell.toml",
    "`iss` of your identity provider's tokens; empty: the built-in issuer alone",
    false,
  ],
  [
    "vault.key",
    "(secret)",
    "environment SYNCWELL_VAULT_KEY",
    "64 hex digits; default: drawn once and kept in the data folder",
    false,
  ],
  ["worker.max_attempts", "5", "default", "tries before a job is dead-lettered", false],
  [
    "providers.strava.mode",
    "read_only",
    "file /etc/syncwell/syncwell.toml",
    "normal, read_only or disabled; takes effect while it runs",
    true,
  ],
  [
    "providers.strava.client_secret",
    "(secret)",
    "environment SYNCWELL_PROVIDERS_STRAVA_CLIENT_SECRET",
    "of your Strava application",
    false,
  ],
  ["files.roots", "", "default", "folders below which files may be connected through the API", false],
] as const;

export function figures(thing: string): Answer | undefined {
  switch (thing) {
    case "history":
      return ok({
        stepSeconds,
        series: series.map(([name, unit, base, swing, bump]) => ({ name, unit, points: wave(base, swing, bump) })),
      });
    case "providers":
      return ok({ providers });
    case "configuration":
      return ok({
        settings: settings.map(([name, value, origin, meaning, live]) => ({ name, value, origin, meaning, live })),
      });
    default:
      return undefined;
  }
}
