// What a page shows comes from the server: loaded when the page opens, again on demand, and every few seconds where asked.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "./api";

export interface Loaded<T> {
  data: T | undefined; // the last good answer, also while a newer one is on its way or has failed
  problem: Problem | undefined;
  loading: boolean;
  reload: () => Promise<void>;
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, "console_failed", String(error));
}

// `about` names what is loaded: when it changes, the old data are dropped and the old call is cancelled.
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  about: unknown[],
  refreshSeconds?: number,
): Loaded<T> {
  const [state, setState] = useState<{ about: string; data?: T; problem?: Problem | undefined; loading: boolean }>({
    about: "",
    loading: true,
  });
  const name = JSON.stringify(about);
  const latest = useRef(load);
  latest.current = load;
  const running = useRef<AbortController | undefined>(undefined);

  const reload = useCallback(async () => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setState((old) => (old.about === name ? { ...old, loading: true } : { about: name, loading: true }));
    try {
      const data = await latest.current(mine.signal);
      if (!mine.signal.aborted) setState({ about: name, data, loading: false });
    } catch (error) {
      if (!mine.signal.aborted) setState((old) => ({ ...old, problem: asProblem(error), loading: false }));
    }
  }, [name]);

  useEffect(() => {
    void reload();
    return () => running.current?.abort();
  }, [reload]);

  useEffect(() => {
    if (!refreshSeconds) return;
    const timer = setInterval(() => {
      if (!document.hidden) void reload();
    }, refreshSeconds * 1000);
    return () => clearInterval(timer);
  }, [reload, refreshSeconds]);

  const current = state.about === name;
  return {
    data: current ? state.data : undefined,
    problem: current ? state.problem : undefined,
    loading: !current || state.loading,
    reload,
  };
}
