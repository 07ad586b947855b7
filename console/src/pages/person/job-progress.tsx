// How far a running job is: three steps in words, its counts, and the same for screen readers as it changes.
import { StateBadge } from "../../parts/badge";
import { isOver, type Job } from "../../person-api";
import { countsText, jobStatuses } from "../../words";

const steps = ["Asked", "Waiting its turn", "Syncing", "Done"];

function reached(job: Job): number {
  switch (job.status) {
    case "accepted":
      return 0;
    case "queued":
    case "delayed":
    case "retrying":
      return 1;
    case "running":
      return 2;
    default:
      return 3;
  }
}

export function JobProgress({ job }: { job: Job }) {
  const at = reached(job);
  return (
    <div class="progress card">
      <ol class="steps" aria-hidden="true">
        {steps.map((step, i) => (
          <li key={step} class={i < at || isOver(job.status) ? "passed" : i === at ? "current" : ""}>
            {step}
          </li>
        ))}
      </ol>
      <p role="status" aria-live="polite">
        <StateBadge state={job.status} among={jobStatuses} />
        <span>
          {job.counts.read} read; {countsText(job.counts)}
        </span>
      </p>
    </div>
  );
}
