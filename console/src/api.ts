// One way to the server: bearer token, JSON, problem details (RFC 9457) as exceptions, a deadline on every call.
import { parseVisible } from "./visible-text";

export class Problem extends Error {
  constructor(
    readonly status: number, // 0: there was no answer
    readonly code: string, // the last word of `type`: "rate_limited"
    readonly detail: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(detail);
  }
}

export interface Page {
  limit?: number;
  after?: string | undefined;
}

export interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

const timeoutMs = 60_000;
let token = "";
let onSignedOut: () => void = () => {};

export function useToken(value: string, signedOut: () => void): void {
  token = value;
  onSignedOut = signedOut;
}

export function authorization(): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

export function withQuery(path: string, query: CallOptions["query"]): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

export async function problemOf(answer: Response): Promise<Problem> {
  const body: { type?: unknown; detail?: unknown; title?: unknown } = await answer
    .text()
    .then(parseVisible<object>)
    .catch(() => ({}));
  const type = typeof body.type === "string" ? body.type : "";
  const detail = typeof body.detail === "string" ? body.detail : typeof body.title === "string" ? body.title : "";
  const retryAfter = Number(answer.headers.get("Retry-After"));
  return new Problem(
    answer.status,
    type.split(":").pop() || `status_${answer.status}`,
    detail,
    retryAfter || undefined,
  );
}

export function reportSignedOut(problem: Problem): void {
  if (problem.status === 401) onSignedOut();
}

// Throws Problem; an aborted call throws the DOMException of its signal.
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  return (await callWithVersion<T>(path, options)).value;
}

// The same with the ETag, which goes back as If-Match.
export async function callWithVersion<T>(path: string, options: CallOptions): Promise<{ value: T; version: string }> {
  const { method = "GET", query, body, signal } = options;
  const headers: Record<string, string> = { ...authorization(), ...options.headers };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const deadline = AbortSignal.timeout(timeoutMs);
  let answer: Response;
  try {
    answer = await fetch(withQuery(path, query), {
      method,
      headers,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, deadline.aborted ? "timeout" : "unreachable", "");
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    reportSignedOut(problem);
    throw problem;
  }
  const text = await answer.text();
  return { value: text ? parseVisible<T>(text) : (undefined as T), version: answer.headers.get("ETag") ?? "" };
}

// Drawn anew for every new call; the same key again would be the same call (Idempotency-Key).
export function freshKey(): Record<string, string> {
  return { "Idempotency-Key": `"${crypto.randomUUID()}"` };
}
