// Server-sent events by fetch, since EventSource cannot send the Authorization header.
import { authorization, problemOf, reportSignedOut } from "./api";

const longestEvent = 1 << 20;

export interface ServerEvent {
  event: string;
  data: string;
}

// Takes the text as it comes and gives back the events that are complete (HTML standard, section 9.2).
export function createEventParser(): (chunk: string) => ServerEvent[] {
  let rest = "";
  return (chunk) => {
    const blocks = (rest + chunk).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    if (rest.length > longestEvent) throw new Error("an event without end");
    const events: ServerEvent[] = [];
    for (const block of blocks) {
      const made: ServerEvent = { event: "message", data: "" };
      for (const line of block.split("\n")) {
        const [, field, value] = /^(event|data): ?(.*)$/.exec(line) ?? [];
        if (field === "event") made.event = value ?? "";
        if (field === "data") made.data += (made.data ? "\n" : "") + (value ?? "");
      }
      if (made.data) events.push(made);
    }
    return events;
  };
}

// Ends when the server ends the stream; throws Problem where there is none.
export async function* readEvents(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const answer = await fetch(path, { headers: { ...authorization(), Accept: "text/event-stream" }, signal });
  if (!answer.ok || !answer.body) {
    const problem = await problemOf(answer);
    reportSignedOut(problem);
    throw problem;
  }
  const parse = createEventParser();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield* parse(value);
  }
}
