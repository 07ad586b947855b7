// Routing by fragment: "#/dlq?state=open" is the path ["dlq"] and a query. No server route is needed.
import { useEffect, useState } from "preact/hooks";

export interface Route {
  path: string[];
  query: Record<string, string>;
}

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  return {
    path: path.split("/").filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// href("dlq", "42") is "#/dlq/42"
export function href(...path: string[]): string {
  return "#/" + path.map(encodeURIComponent).join("/");
}

// hrefWith(href("dlq"), { state: "open" }) is "#/dlq?state=open"; what is empty is left out.
export function hrefWith(to: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).filter((each): each is [string, string] => Boolean(each[1]));
  return given.length ? `${to}?${new URLSearchParams(given)}` : to;
}

export function go(to: string): void {
  location.hash = to;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => setHash(location.hash);
    addEventListener("hashchange", follow);
    follow();
    return () => removeEventListener("hashchange", follow);
  }, []);
  return parseRoute(hash);
}
