// What every page has: a title that the browser and the screen reader hear of, its actions, and how loading went.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Loaded } from "../loading";
import { problemText } from "../words";
import { Icon } from "./icon";

let shownBefore = false; // the first page does not take the focus from the top of the document

interface PageProperties {
  title: string;
  back?: { href: string; text: string };
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function Page({ title, back, lead, actions, children }: PageProperties) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (shownBefore) {
      heading.current?.focus();
      scrollTo(0, 0);
    }
    shownBefore = true;
  }, []);
  useEffect(() => void (document.title = `${title} – SyncWell`), [title]);
  return (
    <>
      {back && (
        <a class="back" href={back.href}>
          <span aria-hidden="true">← </span>
          {back.text}
        </a>
      )}
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="buttons">{actions}</div>}
      </div>
      {children}
    </>
  );
}

interface LoadedContentProperties<T> {
  of: Loaded<T>;
  children: (data: T) => ComponentChildren;
}

export function LoadedContent<T>({ of, children }: LoadedContentProperties<T>) {
  return (
    <>
      {of.problem && <ProblemNotice problem={of.problem} retry={of.reload} />}
      {of.data !== undefined && children(of.data)}
      {of.data === undefined && !of.problem && (
        <p class="loading" role="status">
          Loading …
        </p>
      )}
    </>
  );
}

interface ProblemNoticeProperties {
  problem: { status: number; code: string; detail: string };
  retry?: () => unknown;
}

export function ProblemNotice({ problem, retry }: ProblemNoticeProperties) {
  return (
    <div class="notice bad" role="alert">
      <Icon drawing="bad" />
      <div>
        <p>{problemText(problem)}</p>
        {retry && (
          <button type="button" class="button plain" onClick={() => void retry()}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}
