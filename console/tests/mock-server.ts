// A server as the contract has it, for tests and for `npm run dev`: serves dist below /console/ with the real
// content-security policy, and answers /v1 and /admin from made-up data. Tokens: person, viewer, support, admin.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { problem, type Answer, type Ask } from "./mock/answer.ts";
import { createDesk, type Role } from "./mock/desk.ts";
import { makeHostile } from "./mock/hostile.ts";
import { createPerson } from "./mock/person.ts";

export const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const kinds: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const staffNames: Record<string, string> = { viewer: "linus", support: "grace", admin: "ada" };

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

export function createMock(options: { hostile?: boolean } = {}) {
  const desk = createDesk();
  const person = createPerson();
  const failing = new Map<string, Answer>(); // path: what it answers instead, set by a test

  const answerTo = (ask: Ask, token: string, request: IncomingMessage): Answer => {
    const forced = failing.get("/" + ask.path.join("/"));
    if (forced) return forced;
    if (ask.path[0] === "admin") {
      return token in staffNames
        ? desk.answer(ask, staffNames[token] ?? "", token as Role)
        : problem(401, "unauthenticated");
    }
    if (ask.path.join("/") === "v1/error-codes") return { status: 200, body: { errorCodes: [] } };
    if (token !== "person") return problem(401, "unauthenticated");
    const needsKey = ["connections", "sync-configs", "sync-jobs", "export-jobs"].includes(ask.path[1] ?? "");
    if (ask.method === "POST" && needsKey && !request.headers["idempotency-key"])
      return problem(400, "invalid_argument", "this call needs an Idempotency-Key header");
    return person.answer(ask);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const origin = `http://${request.headers.host ?? ""}`;
    const url = new URL(request.url ?? "/", origin);
    if (url.pathname === "/mock/authorize") {
      const back = new URL(url.searchParams.get("redirect_uri") ?? "");
      back.searchParams.set("state", url.searchParams.get("state") ?? "");
      back.searchParams.set("code", "mock-code");
      response.writeHead(302, { Location: back.href }).end();
      return;
    }
    const path = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const ask: Ask = {
      method: request.method ?? "GET",
      path,
      query: url.searchParams,
      body: await bodyOf(request),
      origin,
    };
    const given = answerTo(ask, token, request);
    if (given.stream) {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      given.stream(
        (text) => response.write(text),
        () => response.end(),
      );
      return;
    }
    const body = options.hostile && given.status < 300 && path[1] !== "me" ? makeHostile(given.body) : given.body;
    response.writeHead(given.status, {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      ...given.headers,
    });
    response.end(body === undefined ? "" : JSON.stringify(body));
  };
  return { answer, desk, person: person.control, failing };
}

async function serveFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const name = path === "/console/" ? "index.html" : normalize(path.slice("/console/".length));
  const content = name.startsWith("..") ? undefined : await readFile(join(folder, name)).catch(() => undefined);
  if (!content) return void response.writeHead(404).end();
  response.writeHead(200, {
    "Content-Type": kinds[extname(name)] ?? "application/octet-stream",
    "Content-Encoding": "gzip",
    "Content-Security-Policy": contentSecurityPolicy,
    "X-Content-Type-Options": "nosniff",
  });
  response.end(gzipSync(content));
}

export async function startMock(options: { hostile?: boolean } = {}) {
  const mock = createMock(options);
  const folder = join(import.meta.dirname, "../dist");
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    void (path.startsWith("/console/") ? serveFile(folder, path, response) : mock.answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...mock,
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
