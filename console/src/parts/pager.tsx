// Pages of a list that the server cuts: forward by its cursor, back by those that we remember.
import { useEffect, useState } from "preact/hooks";

export interface Pager {
  after: string | undefined;
  number: number;
  forward: (next: string) => void;
  back: () => void;
}

// `about`: what is listed; another list begins at its first page.
export function usePager(about: string): Pager {
  const [cursors, setCursors] = useState<string[]>([]);
  useEffect(() => setCursors([]), [about]);
  return {
    after: cursors.at(-1),
    number: cursors.length + 1,
    forward: (next) => setCursors((old) => [...old, next]),
    back: () => setCursors((old) => old.slice(0, -1)),
  };
}

export function PagerLine({ pager, next, of }: { pager: Pager; next: string | undefined; of: string }) {
  if (pager.number === 1 && !next) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${of}`}>
      <button
        type="button"
        class="button plain"
        aria-disabled={pager.number === 1 ? "true" : undefined}
        onClick={() => pager.number > 1 && pager.back()}
      >
        Previous
      </button>
      <span role="status">Page {pager.number}</span>
      <button
        type="button"
        class="button plain"
        aria-disabled={next ? undefined : "true"}
        onClick={() => next && pager.forward(next)}
      >
        Next
      </button>
    </nav>
  );
}
