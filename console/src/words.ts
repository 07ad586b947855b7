// What machines call things, said to people. An unknown name is shown as it is, with blanks for underscores.
import type { Connection, Decision, Job, Provider, Strategy } from "./person-api";

export function plain(name: string): string {
  const text = name.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const dataTypes: Record<string, string> = {
  active_energy: "Active energy",
  hrv_sdnn: "Heart rate variability (SDNN)",
  hrv_rmssd: "Heart rate variability (RMSSD)",
  workout: "Workouts",
};
export const dataTypeName = (type: string) => dataTypes[type] ?? plain(type);

const providerNames: Record<string, string> = {
  apple_health: "Apple Health",
  fit: "FIT files",
  google_health: "Google Health",
  gpx: "GPX files",
  json: "JSON files",
  strava: "Strava",
  tcx: "TCX files",
};

export function providerName(key: string | undefined, known?: Provider[]): string {
  if (!key) return "no provider";
  return known?.find((each) => each.key === key)?.name ?? providerNames[key] ?? key;
}

export const strategies: Record<Strategy, { name: (from: string, to: string) => string; text: string }> = {
  source_wins: {
    name: (from) => `${from} wins`,
    text: "What the source says replaces what is in the way.",
  },
  dest_wins: {
    name: (_from, to) => `${to} wins`,
    text: "What is already at the destination is never touched.",
  },
  newest_wins: {
    name: () => "The newest wins",
    text: "Whichever of the two was changed last stays.",
  },
};

export type Tone = "good" | "busy" | "warning" | "bad" | "quiet";

export const jobStatuses: Record<Job["status"], { tone: Tone; text: string }> = {
  accepted: { tone: "busy", text: "Accepted" },
  queued: { tone: "busy", text: "Waiting its turn" },
  running: { tone: "busy", text: "Syncing" },
  delayed: { tone: "warning", text: "Waiting for the provider" },
  retrying: { tone: "warning", text: "Trying again soon" },
  succeeded: { tone: "good", text: "Done" },
  needs_reauth: { tone: "bad", text: "Needs you to reconnect" },
  dead_lettered: { tone: "bad", text: "Failed" },
  cancelled: { tone: "quiet", text: "Cancelled" },
};

export const causes: Record<string, string> = {
  manual: "you asked",
  webhook: "new data arrived",
  schedule: "regular check",
};

// "Kept yours, because …": one sentence per decision.
export function decisionText(decision: Decision, from: string, to: string): string {
  const because: Record<string, string> = {
    already_there: `${to} already has exactly this`,
    deleted_at_source: `it was deleted in ${from}`,
    destination_is_newer: `what ${to} has was changed later`,
    destination_wins: `you chose that ${to} wins`,
    echo: `it came from ${to} in the first place`,
    edited: `it was edited in ${from}`,
    no_conflict: `nothing in ${to} was in its way`,
    not_deletable: `${to} does not let anybody delete it`,
    not_overwritable: `${to} does not let us change what is there`,
    source_is_newer: `what ${from} has was changed later`,
    source_wins: `you chose that ${from} wins`,
  };
  const reason = because[decision.reason] ?? plain(decision.reason).toLowerCase();
  return `${decisionActions(decision, to)}, because ${reason}`;
}

function decisionActions(decision: Decision, to: string): string {
  switch (decision.action) {
    case "create":
      return `Added to ${to}`;
    case "update":
      return `Updated in ${to}`;
    case "delete":
      return `Removed from ${to}`;
    case "skip":
      return ["echo", "already_there"].includes(decision.reason) ? "Nothing to do" : `Kept what ${to} has`;
  }
}

export type Remedy = "reconnect" | "retry" | "wait" | "ask";

// A failed job in plain words and the one thing that helps.
export function explainJob(job: Job, broken?: Connection): { title: string; text: string; remedy: Remedy } | undefined {
  const code = job.error?.code ?? "";
  if (job.status === "needs_reauth" || broken) {
    const name = broken ? providerName(broken.provider) : "One of the accounts";
    return {
      title: `${name} no longer lets us in`,
      text: "The permission has expired or was withdrawn. Connect it again; nothing is lost, the sync catches up by itself.",
      remedy: "reconnect",
    };
  }
  if (!job.error) return undefined;
  if (["provider_failed", "connection_failed", "timeout", "circuit_open"].includes(code)) {
    return {
      title: "The other side is having trouble",
      text: "The provider does not answer at the moment. Nothing is lost. We keep trying; you can also try now.",
      remedy: "retry",
    };
  }
  if (["rate_limited", "busy"].includes(code)) {
    return {
      title: "The provider asks us to slow down",
      text: "It allows only so many requests in a while. The sync goes on by itself as soon as it may.",
      remedy: "wait",
    };
  }
  if (["cancelled", "lease_lost", "version_conflict"].includes(code)) {
    return { title: "The sync was interrupted", text: "Nothing is lost. Start it again.", remedy: "retry" };
  }
  return {
    title: "Something went wrong that you cannot mend",
    text: `${job.error.meaning ? `What we know: ${job.error.meaning}. ` : ""}Support can see why; give them the reference below.`,
    remedy: "ask",
  };
}

// The same for the staff, who are not "you".
export const causesForStaff: Record<string, string> = {
  manual: "by the person",
  webhook: "by a notification of the provider",
  schedule: "by the schedule",
};

export const channels: Record<string, string> = {
  pagerduty: "PagerDuty",
  zendesk: "Zendesk",
};

export const categories: Record<string, string> = {
  outage: "Outage",
  bad_data: "Bad data",
  authentication: "Authentication",
  unknown: "Unknown",
};

export const entryStates: Record<string, { tone: Tone; text: string }> = {
  open: { tone: "bad", text: "Open" },
  redriven: { tone: "busy", text: "Redriven" },
  resolved: { tone: "good", text: "Resolved" },
  archived: { tone: "quiet", text: "Archived" },
};

export const contactStates: Record<string, { tone: Tone; text: string }> = {
  running: { tone: "good", text: "In time" },
  half: { tone: "warning", text: "Half time gone" },
  late: { tone: "warning", text: "Nearly due" },
  overdue: { tone: "bad", text: "Overdue" },
  contacted: { tone: "good", text: "Contacted" },
  not_needed: { tone: "quiet", text: "Not needed" },
  opted_out: { tone: "quiet", text: "Wants no mail" },
  no_address: { tone: "warning", text: "No address" },
};

export const deliveryStates: Record<string, { tone: Tone; text: string }> = {
  queued: { tone: "busy", text: "Queued" },
  sending: { tone: "busy", text: "Being sent" },
  sent: { tone: "good", text: "Sent" },
  told: { tone: "good", text: "Told" },
  undelivered: { tone: "bad", text: "Not delivered" },
  refused: { tone: "bad", text: "Refused" },
  unknown: { tone: "warning", text: "Not known" },
  opted_out: { tone: "quiet", text: "Wants no mail" },
  no_address: { tone: "warning", text: "No address" },
};

export const severities: Record<string, { tone: Tone; text: string }> = {
  critical: { tone: "bad", text: "Critical" },
  error: { tone: "bad", text: "Error" },
  warning: { tone: "warning", text: "Warning" },
  info: { tone: "quiet", text: "Info" },
};

export const breakers: Record<string, { tone: Tone; text: string }> = {
  closed: { tone: "good", text: "Calls go through" },
  half_open: { tone: "warning", text: "Probing" },
  open: { tone: "bad", text: "Calls paused" },
};

export const timelineKinds: Record<string, { tone: Tone; text: string }> = {
  asked: { tone: "quiet", text: "Sync asked for" },
  attempt_failed: { tone: "warning", text: "Attempt failed" },
  delayed: { tone: "quiet", text: "Put off" },
  dead_lettered: { tone: "bad", text: "Given up: dead letter" },
  redriven: { tone: "busy", text: "Redriven" },
  resolved: { tone: "good", text: "Resolved" },
  archived: { tone: "quiet", text: "Archived" },
  annotated: { tone: "quiet", text: "Note" },
  contacted: { tone: "good", text: "Person contacted" },
};

export const incidentActions: Record<string, string> = {
  redrive: "Goes back to the queue by itself when the provider answers again",
  ticket: "Needs a developer: a ticket is opened",
  reconnect: "The person has to connect the account again",
  page: "Somebody on duty is called",
};

const problems: Record<string, string> = {
  unreachable: "The server cannot be reached. Check your connection, then try again.",
  timeout: "The server did not answer in time. Try again.",
  unauthenticated: "You are signed out. Sign in again.",
  not_found: "This does not exist (any more), or it is somebody else's.",
  role_required: "Your role does not allow this. Ask an admin.",
  purpose_required: "Say what you look at it for, in 5 to 200 characters.",
  already_redriven: "It is on its way already. Wait for how it ends.",
  still_running: "Its job is running already. Wait for how it ends.",
  archived: "It was archived: nothing more happens with it.",
  case_closed: "It was resolved or archived: nothing more happens with it.",
  already_contacted: "This person has had this message already.",
  opted_out: "This person wants no mail about failed syncs.",
  no_address: "There is no address for this person.",
  no_mail_server: "Neither a mail server nor tickets to people are configured, so nothing can be sent.",
  version_conflict: "It was changed meanwhile. Load the page again, then repeat.",
  too_many_requests: "Too many requests in a minute. Wait a moment.",
  account_erased: "This account is being erased.",
};

// The sentence of ours, where there is one, and what the server adds.
export function problemText(problem: { status: number; code: string; detail: string }): string {
  const ours = problems[problem.code];
  if (ours) return ours;
  if (problem.detail) return problem.detail;
  return `The server answered ${problem.status || "something that cannot be understood"} (${plain(problem.code)}).`;
}

// Counts of a job in one line: "12 added or changed, 3 kept, 2 removed"
export function countsText(counts: Job["counts"]): string {
  const parts = [
    counts.written && `${counts.written} added or changed`,
    counts.deleted && `${counts.deleted} removed`,
    counts.skipped && `${counts.skipped} kept as they were`,
    counts.failed && `${counts.failed} failed`,
  ].filter(Boolean);
  return parts.length ? parts.join(", ") : "nothing new";
}
