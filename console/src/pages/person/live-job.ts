// A job while it runs: the server tells every change; where the stream breaks, it is asked again until the job is over.
import { useEffect, useState } from "preact/hooks";
import { Problem } from "../../api";
import { readEvents } from "../../event-stream";
import { isOver, person, type Job } from "../../person-api";
import { parseVisible } from "../../visible-text";

const pauseMs = 2_000;

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

export async function followJob(id: string, signal: AbortSignal, show: (job: Job) => void): Promise<Job | undefined> {
  while (!signal.aborted) {
    try {
      for await (const { event, data } of readEvents(person.jobEvents(id), signal)) {
        if (event !== "job") continue;
        const job = parseVisible<Job>(data);
        show(job);
        if (isOver(job.status)) return job;
      }
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return undefined;
    }
    if (signal.aborted) return undefined;
    const asked = await person.job(id, signal).catch(() => undefined);
    if (asked) show(asked);
    if (asked && isOver(asked.status)) return asked;
    await pause(signal);
  }
  return undefined;
}

// The job as it is now; `onOver` once, when it has ended.
export function useLiveJob(id: string | undefined, onOver: (job: Job) => void): Job | undefined {
  const [job, setJob] = useState<Job>();
  useEffect(() => {
    setJob(undefined);
    if (!id) return;
    const stop = new AbortController();
    void followJob(id, stop.signal, setJob).then((last) => last && onOver(last));
    return () => stop.abort();
  }, [id]);
  return job?.id === id ? job : undefined;
}
