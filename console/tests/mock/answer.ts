// What a mock route gets and gives.
export interface Ask {
  method: string;
  path: string[]; // ["admin", "dlq", "42"]
  query: URLSearchParams;
  body: Record<string, unknown>;
  origin: string;
}

export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  stream?: (send: (text: string) => void, end: () => void) => void;
}

export const ok = (body: unknown, status = 200): Answer => ({ status, body });
export const done: Answer = { status: 204 };

export function problem(status: number, code: string, detail = ""): Answer {
  return { status, body: { type: `urn:syncwell:problem:${code}`, title: code, status, detail } };
}

// A page of what `itemAt` gives for 0, 1, 2 … up to `count`, without those that it leaves out.
export function pageOf<T>(
  name: string,
  query: URLSearchParams,
  count: number,
  itemAt: (i: number) => T | undefined,
): Answer {
  const limit = Number(query.get("limit") ?? 50);
  if (!(limit >= 1 && limit <= 200)) return problem(400, "invalid_argument", "limit: must be 1 to 200");
  const items: T[] = [];
  let i = Number(query.get("after") ?? 0);
  for (; i < count && items.length < limit; ++i) {
    const item = itemAt(i);
    if (item !== undefined) items.push(item);
  }
  return ok(i < count ? { [name]: items, next: String(i) } : { [name]: items });
}

export const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
