// What a person's token may call: /v1 (src/api/openapi.py describes it).
import { call, callWithVersion, freshKey, type Page } from "./api";

export interface User {
  id: string;
  tier: "FREE" | "PRO";
  paused: boolean;
  timeZone: string;
  locale: string;
  hasContactEmail?: boolean;
  contactEmail?: string; // masked: j***@example.org
  contactOptOut?: boolean;
  version: number;
  createdAt?: string;
}

export interface Settings {
  paused: boolean;
  timeZone: string;
  locale: string;
  contactEmail?: string; // left out: stays as it is
  contactOptOut: boolean;
}

export interface DataTypeSupport {
  type: string;
  read: boolean;
  write: boolean;
  overwrite: "none" | "own_records" | "any_record";
  delete: boolean;
}

export interface Provider {
  key: string;
  name: string;
  kind: "cloud" | "file";
  readingNeedsConsent: boolean;
  terms?: string;
  dataTypes: DataTypeSupport[];
}

export interface Connection {
  id: string;
  provider: string;
  status: "active" | "needs_reauth";
  createdAt: string;
}

export type Strategy = "source_wins" | "dest_wins" | "newest_wins";

export interface NewSync {
  sourceConnectionId: string;
  destinationConnectionId: string;
  dataType: string;
  conflictResolutionStrategy: Strategy;
  readingConsent: boolean;
  paused?: boolean;
  pollIntervalMinutes?: number;
  since?: string;
  until?: string;
}

export interface Sync extends NewSync {
  id: string;
  version: number;
  createdAt: string;
  lastSyncTime?: string;
  nextSyncAt?: string;
}

export interface Counts {
  read: number;
  written: number;
  deleted: number;
  unchanged: number;
  skipped: number;
  conflicts: number;
  failed: number;
  warnings: number;
}

export type JobStatus =
  | "accepted"
  | "queued"
  | "running"
  | "delayed"
  | "retrying"
  | "succeeded"
  | "needs_reauth"
  | "dead_lettered"
  | "cancelled";

export interface JobError {
  code: string;
  message: string;
  meaning?: string;
  advice?: string;
}

export interface Job {
  id: string;
  syncConfigId: string;
  dataType: string;
  status: JobStatus;
  cause?: "manual" | "webhook" | "schedule";
  windowFrom?: string;
  windowUntil?: string;
  attempts: number;
  partial: boolean;
  correlationId: string;
  createdAt: string;
  updatedAt: string;
  counts: Counts;
  error?: JobError;
}

export interface Decision {
  recordId: string;
  action: "create" | "update" | "delete" | "skip";
  reason: string;
}

export interface Decisions {
  decisions: Decision[];
  truncated: boolean;
  next?: string;
}

export interface Preview {
  counts: Counts;
  partial: boolean;
  decisions: Decision[];
  truncated: boolean;
  warnings: { where: string; what: string }[];
}

export interface Redirected {
  code: string;
  codeVerifier: string;
  state: string;
}

const most = 200; // a page's largest limit
const at = (path: string, id: string) => `/v1/${path}/${encodeURIComponent(id)}`;

// Lists that a person has few of are read to their end, page by page.
async function all<T>(path: string, member: string, signal?: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await call<Record<string, T[]> & { next?: string }>(path, { query: { limit: most, after }, signal });
    items.push(...((page[member] as T[] | undefined) ?? []));
    after = page.next;
  } while (after);
  return items;
}

export const person = {
  me: (signal?: AbortSignal) => call<User>("/v1/users/me", { signal }),
  changeSettings: (settings: Settings, version: number) =>
    call<User>("/v1/users/me/settings", {
      method: "PUT",
      body: settings,
      headers: { "If-Match": `"${version}"` },
    }),
  erase: () => call<unknown>("/v1/users/me", { method: "DELETE" }),
  exportEverything: () =>
    call<{ url: string; expiresAt: string }>("/v1/export-jobs", { method: "POST", headers: freshKey() }),

  providers: async (signal?: AbortSignal) =>
    (await call<{ providers: Provider[] }>("/v1/providers", { signal })).providers,
  authorizationUrl: (provider: string, redirectUri: string, codeChallenge: string) =>
    call<{ url: string; state: string }>(`/v1/providers/${encodeURIComponent(provider)}/authorization-url`, {
      query: { redirectUri, codeChallenge },
    }),
  connections: (signal?: AbortSignal) => all<Connection>("/v1/connections", "connections", signal),
  connect: (provider: string, redirected: Redirected) =>
    call<Connection>("/v1/connections", {
      method: "POST",
      headers: freshKey(),
      body: { provider, ...redirected },
    }),
  reconnect: (connection: string, redirected: Redirected) =>
    call<Connection>(`${at("connections", connection)}/reauth`, {
      method: "POST",
      headers: freshKey(),
      body: redirected,
    }),
  disconnect: (connection: string) => call<unknown>(at("connections", connection), { method: "DELETE" }),

  syncs: (signal?: AbortSignal) => all<Sync>("/v1/sync-configs", "syncConfigs", signal),
  sync: (id: string, signal?: AbortSignal) => call<Sync>(at("sync-configs", id), { signal }),
  createSync: (sync: NewSync) => call<Sync>("/v1/sync-configs", { method: "POST", headers: freshKey(), body: sync }),
  // The whole sync is sent: what is left out would be reset.
  changeSync: (sync: Sync, change: Partial<NewSync>) =>
    callWithVersion<Sync>(at("sync-configs", sync.id), {
      method: "PUT",
      headers: { "If-Match": `"${sync.version}"` },
      body: { ...newSyncOf(sync), ...change },
    }),
  deleteSync: (id: string) => call<unknown>(at("sync-configs", id), { method: "DELETE" }),
  preview: (syncConfigId: string, signal?: AbortSignal) =>
    call<Preview>("/v1/sync-previews", { method: "POST", body: { syncConfigId }, signal }),

  syncNow: (syncConfigId: string) =>
    call<{ id: string }>("/v1/sync-jobs", { method: "POST", headers: freshKey(), body: { syncConfigId } }),
  jobs: (page: Page, signal?: AbortSignal) =>
    call<{ syncJobs: Job[]; next?: string }>("/v1/sync-jobs", { query: { ...page }, signal }),
  job: (id: string, signal?: AbortSignal) => call<Job>(at("sync-jobs", id), { signal }),
  jobEvents: (id: string) => `${at("sync-jobs", id)}/events`,
  decisions: (id: string, page: Page, signal?: AbortSignal) =>
    call<Decisions>(`${at("sync-jobs", id)}/decisions`, { query: { ...page }, signal }),
};

export function newSyncOf(sync: Sync): NewSync {
  const { id: _id, version: _version, createdAt: _created, lastSyncTime: _last, nextSyncAt: _next, ...settings } = sync;
  return settings;
}

export function isOver(status: JobStatus): boolean {
  return status === "succeeded" || status === "needs_reauth" || status === "dead_lettered" || status === "cancelled";
}
