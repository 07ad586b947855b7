// Connecting an account (OAuth 2.0 authorization code with PKCE, RFC 7636): the browser goes to the provider and comes
// back to /console/?code=…&state=…; the verifier waits in sessionStorage and never leaves this tab but for the server.
import { Problem } from "./api";
import { person, type Connection } from "./person-api";

const place = "syncwell.authorization";

interface Pending {
  provider: string;
  connection?: string; // set: a new consent for this one
  verifier: string;
  state: string;
}

export interface Returned {
  code: string;
  state: string;
  error: string;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

async function drawProofKey(): Promise<{ verifier: string; challenge: string }> {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { verifier, challenge: base64url(new Uint8Array(hash)) };
}

function isWebAddress(url: string): boolean {
  const protocol = URL.canParse(url) ? new URL(url).protocol : "";
  return protocol === "https:" || protocol === "http:";
}

export async function beginAuthorization(provider: string, connection?: string): Promise<void> {
  if (!crypto.subtle) throw new Problem(0, "insecure", "Accounts can only be connected over https.");
  const key = await drawProofKey();
  const redirectUri = location.origin + location.pathname;
  const started = await person.authorizationUrl(provider, redirectUri, key.challenge);
  if (!isWebAddress(started.url)) throw new Problem(0, "invalid_argument", "The provider's page has no web address.");
  const pending: Pending = { provider, verifier: key.verifier, state: started.state };
  if (connection) pending.connection = connection;
  sessionStorage.setItem(place, JSON.stringify(pending));
  location.assign(started.url);
}

// What the provider's redirect brought, taken out of the address bar at once; undefined: this is no redirect.
export function takeReturned(): Returned | undefined {
  const query = new URLSearchParams(location.search);
  if (!query.has("state") && !query.has("code") && !query.has("error")) return undefined;
  history.replaceState(null, "", `${location.pathname}#/accounts`);
  return { code: query.get("code") ?? "", state: query.get("state") ?? "", error: query.get("error") ?? "" };
}

export async function finishAuthorization(returned: Returned): Promise<Connection> {
  const stored = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  const pending = stored ? (JSON.parse(stored) as Pending) : undefined;
  if (!pending || pending.state !== returned.state) {
    throw new Problem(
      0,
      "wrong_state",
      "This answer does not belong to a connection that was begun here. Start again.",
    );
  }
  if (returned.error || !returned.code) {
    throw new Problem(0, "refused", "You did not agree at the provider, so nothing was connected.");
  }
  const redirected = { code: returned.code, codeVerifier: pending.verifier, state: returned.state };
  return pending.connection
    ? await person.reconnect(pending.connection, redirected)
    : await person.connect(pending.provider, redirected);
}
