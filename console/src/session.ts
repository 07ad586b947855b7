// Who is signed in. The token lives in this tab alone (sessionStorage) and never stays in the address bar.
import { Problem, useToken } from "./api";
import { person, type User } from "./person-api";
import { staff, type Member } from "./staff-api";

export type Who = { kind: "person"; user: User } | { kind: "staff"; member: Member };

const place = "syncwell.token";

// "#token=…" of a sign-in link; gone from the address bar and the history before anything else happens.
export function takeTokenFromLink(): void {
  const given = /^#token=(.+)$/.exec(location.hash)?.[1];
  if (!given) return;
  sessionStorage.setItem(place, decodeURIComponent(given).trim());
  history.replaceState(null, "", location.pathname + location.search);
}

export function storedToken(): string {
  return sessionStorage.getItem(place) ?? "";
}

export function forgetToken(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("syncwell.")) sessionStorage.removeItem(key);
  }
  useToken("", () => {});
}

// A token is one of the staff's or a person's: the server knows. Throws the Problem of the last answer.
export async function signIn(token: string, onSignedOut: () => void): Promise<Who> {
  useToken(token, () => {});
  const who = await askWho();
  sessionStorage.setItem(place, token);
  useToken(token, onSignedOut);
  return who;
}

async function askWho(): Promise<Who> {
  try {
    return { kind: "staff", member: await staff.me() };
  } catch (error) {
    const notStaff = error instanceof Problem && [401, 403, 404].includes(error.status);
    if (!notStaff) throw error;
  }
  return { kind: "person", user: await person.me() };
}
