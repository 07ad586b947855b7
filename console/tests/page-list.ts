// Every page of the console, with who may see it.
import type { Console } from "./console-pages.ts";

export interface ListedPage {
  name: string;
  token: string;
  path: string;
  opened?: boolean; // a dead letter, past its purpose prompt
}

export const pages: ListedPage[] = [
  { name: "syncs", token: "person", path: "#/syncs" },
  { name: "sync", token: "person", path: "#/syncs/sync_steps" },
  { name: "decisions", token: "person", path: "#/jobs/job_9" },
  { name: "preview", token: "person", path: "#/syncs/new?draft=sync_sleep" },
  { name: "new-sync", token: "person", path: "#/syncs/new" },
  { name: "accounts", token: "person", path: "#/accounts" },
  { name: "settings", token: "person", path: "#/settings" },
  { name: "overview", token: "support", path: "#/overview" },
  { name: "dead-letters", token: "support", path: "#/dlq" },
  { name: "purpose", token: "support", path: "#/dlq/100000" },
  { name: "dead-letter", token: "admin", path: "100000", opened: true },
  { name: "incidents", token: "support", path: "#/incidents" },
  { name: "incident", token: "support", path: "#/incidents/inc_strava_provider_failed" },
  { name: "contacts", token: "support", path: "#/contacts" },
  { name: "notices", token: "support", path: "#/notices" },
  { name: "providers", token: "viewer", path: "#/providers" },
  { name: "operations", token: "viewer", path: "#/operations" },
  { name: "configuration", token: "admin", path: "#/configuration" },
  { name: "audit", token: "admin", path: "#/audit" },
  { name: "staff", token: "admin", path: "#/staff" },
  { name: "find-person", token: "support", path: "#/break-glass" },
];

export async function show(app: Console, { token, path, opened }: ListedPage): Promise<void> {
  await app.signIn(token, opened ? "#/dlq" : path);
  if (opened) await app.openDeadLetter(path);
  await app.settled();
}
