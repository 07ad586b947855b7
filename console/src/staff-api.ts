// What a staff token may call: /admin.
import { call, type Page } from "./api";

export type Role = "viewer" | "support" | "admin";
const ranks: Record<Role, number> = { viewer: 0, support: 1, admin: 2 };

export interface Member {
  name: string;
  role: Role;
}

export function may(member: Member, least: Role): boolean {
  return ranks[member.role] >= ranks[least];
}

export interface Alarm {
  key: string;
  severity: "critical" | "error" | "warning" | "info";
  summary: string;
  since: string;
  consolePath?: string;
  playbook?: string;
  channels: { channel: string; state: string }[];
}

export interface Overview {
  queue: { visible: number; inFlight: number; delayed: number; dead: number; oldestAgeSeconds: number };
  openEntries: number;
  redrivenEntries: number;
  openIncidents: number;
  contactsDue: { running: number; half: number; late: number; overdue: number };
  undelivered: number;
  alarms: Alarm[];
}

export type EntryState = "open" | "redriven" | "resolved" | "archived";

export interface Entry {
  id: string;
  state: EntryState;
  category: string;
  rule: string;
  code: string;
  provider?: string;
  httpStatus?: number;
  message: string;
  dataType?: string;
  userId?: string;
  syncConfigId?: string;
  sourceConnectionId?: string;
  destinationConnectionId?: string;
  jobId?: string;
  correlationId?: string;
  attempts: number;
  redrives: number;
  firstFailedAt: string;
  diedAt: string;
  incidentId?: string;
  contact?: { state: string; dueAt?: string };
}

export interface TimelineStep {
  at: string;
  kind: string;
  code?: string;
  provider?: string;
  httpStatus?: number;
  text?: string;
  by?: string;
  count?: number;
}

export interface OpenedEntry extends Entry {
  meaning?: string;
  advice?: string;
  playbook?: string;
  statusPage?: string;
  timeline: TimelineStep[];
}

export const entryFilters = ["state", "provider", "category", "code", "incident", "job", "user"] as const;
export type EntryFilter = Partial<Record<(typeof entryFilters)[number], string>>;

export interface Incident {
  id: string;
  state: "open" | "resolved";
  rule: string;
  category: string;
  action: string;
  provider?: string;
  code: string;
  title?: string;
  message?: string;
  playbook?: string;
  statusPage?: string;
  entries: number;
  open: number;
  redriven: number;
  resolved: number;
  archived: number;
  exhausted?: number;
  openedAt: string;
  lastEntryAt: string;
  resolvedAt?: string;
  nextRedriveAt?: string;
  ticket?: { state: string; id?: string };
}

export interface Contact {
  entryId: string;
  userId: string;
  provider?: string;
  state: string;
  firstFailedAt: string;
  dueAt: string;
  messages: { template: string; locale: string; state: string; at: string }[];
}

export type Template = "initial" | "resolved" | "action_needed";

export interface Notice {
  id: string;
  channel: string;
  subject: string;
  state: "queued" | "sent" | "undelivered";
  attempts: number;
  lastError?: string;
  updatedAt: string;
}

export interface ProviderHealth {
  key: string;
  name: string;
  mode: string;
  breaker: "closed" | "open" | "half_open";
  calls: number;
  errors: number;
  latencyP50Ms?: number;
  latencyP95Ms?: number;
  rateBudget?: { scope: string; window: string; used: number; limit: number }[];
  openIncidents: number;
}

export interface Series {
  name: string;
  unit?: string;
  points: [number, number][];
}

export interface History {
  stepSeconds: number;
  series: Series[];
}

export interface Setting {
  name: string;
  value: string;
  origin: string;
  meaning: string;
  live: boolean;
}

export interface AuditEntry {
  sequence: number;
  at: string;
  who: string;
  role: string;
  action: string;
  target: string;
  purpose?: string;
  detail?: string;
  hash: string;
}

export interface Verdict {
  intact: boolean;
  entries: number;
  head?: string;
  brokenAt?: number;
  reason?: string;
}

export interface Glass {
  id: string;
  expiresAt: string;
  userId: string;
  jobs: { jobId: string; correlationId: string; status: string; createdAt: string; errorCode?: string }[];
}

export interface StaffMember extends Member {
  id: string;
  createdAt: string;
}

type Paged<Name extends string, Item> = Record<Name, Item[]> & { next?: string };
const post = (body?: unknown) => ({ method: "POST" as const, body: body ?? {} });
const entry = (id: string) => `/admin/dlq/${encodeURIComponent(id)}`;

export const staff = {
  me: (signal?: AbortSignal) => call<Member>("/admin/me", { signal }),
  overview: (signal?: AbortSignal) => call<Overview>("/admin/overview", { signal }),
  history: (signal?: AbortSignal) => call<History>("/admin/history", { signal }),
  providers: async (signal?: AbortSignal) =>
    (await call<{ providers: ProviderHealth[] }>("/admin/providers", { signal })).providers,
  configuration: async (signal?: AbortSignal) =>
    (await call<{ settings: Setting[] }>("/admin/configuration", { signal })).settings,

  entries: (filter: EntryFilter, page: Page, signal?: AbortSignal) =>
    call<Paged<"deadLetters", Entry>>("/admin/dlq", { query: { ...filter, ...page }, signal }),
  open: (id: string, purpose: string, signal?: AbortSignal) =>
    call<OpenedEntry>(entry(id), { query: { purpose }, signal }),
  redrive: (id: string) => call<{ redriven: number }>(`${entry(id)}/redrive`, post()),
  redriveAll: (filter: EntryFilter) => call<{ redriven: number }>("/admin/dlq/redrive", post(filter)),
  archive: (id: string) => call<unknown>(`${entry(id)}/archive`, post()),
  annotate: (id: string, text: string) => call<unknown>(`${entry(id)}/annotations`, post({ text })),
  purge: (id: string) => call<unknown>(entry(id), { method: "DELETE", query: { confirm: id } }),

  incidents: (state: string, page: Page, signal?: AbortSignal) =>
    call<Paged<"incidents", Incident>>("/admin/incidents", { query: { state, ...page }, signal }),
  incident: (id: string, signal?: AbortSignal) =>
    call<Incident>(`/admin/incidents/${encodeURIComponent(id)}`, { signal }),
  redriveIncident: (id: string) =>
    call<{ redriven: number }>(`/admin/incidents/${encodeURIComponent(id)}/redrive`, post()),

  contacts: (state: string, page: Page, signal?: AbortSignal) =>
    call<Paged<"contacts", Contact>>("/admin/contacts", { query: { state, ...page }, signal }),
  previewMessage: (id: string, template: Template) =>
    call<{ subject: string; body: string; locale: string }>(
      `/admin/contacts/${encodeURIComponent(id)}/preview`,
      post({ template }),
    ),
  sendMessage: (id: string, template: Template) =>
    call<unknown>(`/admin/contacts/${encodeURIComponent(id)}/send`, post({ template })),

  notices: (state: string, page: Page, signal?: AbortSignal) =>
    call<Paged<"notices", Notice>>("/admin/notices", { query: { state, ...page }, signal }),
  retryNotice: (id: string) => call<unknown>(`/admin/notices/${encodeURIComponent(id)}/retry`, post()),

  audit: (page: Page, signal?: AbortSignal) =>
    call<Paged<"audit", AuditEntry>>("/admin/audit", { query: { ...page }, signal }),
  verifyAudit: () => call<Verdict>("/admin/audit/verify"),
  breakGlass: (userId: string, purpose: string) => call<Glass>("/admin/break-glass", post({ userId, purpose })),

  members: async (signal?: AbortSignal) => (await call<{ staff: StaffMember[] }>("/admin/staff", { signal })).staff,
  addMember: (name: string, role: Role) => call<StaffMember & { token: string }>("/admin/staff", post({ name, role })),
  removeMember: (id: string) => call<unknown>(`/admin/staff/${encodeURIComponent(id)}`, { method: "DELETE" }),
};
