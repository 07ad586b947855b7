// What went wrong with a job, in plain words, and the one button that helps.
import { useState } from "preact/hooks";
import { beginAuthorization } from "../../authorization";
import { ActionButton } from "../../parts/action-button";
import { CopyButton } from "../../parts/copy-button";
import { Dialog } from "../../parts/dialog";
import { Foreign } from "../../parts/foreign-text";
import { Icon } from "../../parts/icon";
import type { Connection, Job } from "../../person-api";
import { explainJob, providerName } from "../../words";

interface JobTroubleProperties {
  job: Job;
  broken: Connection | undefined;
  onRetry: () => Promise<void>;
}

export function JobTrouble({ job, broken, onRetry }: JobTroubleProperties) {
  const trouble = explainJob(job, broken);
  const [asking, setAsking] = useState(false);
  if (!trouble) return null;
  const waits = trouble.remedy === "wait" || job.status === "delayed";
  return (
    <div class={`notice ${waits ? "warning" : "bad"}`}>
      <Icon drawing={waits ? "warning" : "bad"} />
      <div>
        <h2>{trouble.title}</h2>
        <p>{trouble.text}</p>
        {job.error && (
          <details>
            <summary>What exactly was said</summary>
            <p>
              <Foreign text={job.error.message} />
            </p>
          </details>
        )}
        <div class="buttons">
          {trouble.remedy === "reconnect" && broken && (
            <ActionButton kind="primary" act={() => beginAuthorization(broken.provider, broken.id)}>
              Reconnect {providerName(broken.provider)}
            </ActionButton>
          )}
          {trouble.remedy === "reconnect" && !broken && (
            <a class="button primary" href="#/accounts">
              Look at the accounts
            </a>
          )}
          {trouble.remedy === "retry" && (
            <ActionButton kind="primary" act={onRetry}>
              Try again
            </ActionButton>
          )}
          {trouble.remedy === "ask" && (
            <button type="button" class="button primary" onClick={() => setAsking(true)}>
              Ask for help
            </button>
          )}
        </div>
      </div>
      {asking && <AskForHelp job={job} onClose={() => setAsking(false)} />}
    </div>
  );
}

function AskForHelp({ job, onClose }: { job: Job; onClose: () => void }) {
  const reference = [
    `Reference: ${job.correlationId}`,
    `Sync run: ${job.id}`,
    `Problem: ${job.error?.code ?? ""}`,
  ].join("\n");
  return (
    <Dialog title="Ask for help" onClose={onClose}>
      <p>Write to the support of the app that you use, and give them this. It says nothing about your health.</p>
      <pre class="reference">{reference}</pre>
      <div class="buttons end">
        <button type="button" class="button plain" onClick={onClose}>
          Close
        </button>
        <CopyButton text={reference}>Copy the reference</CopyButton>
      </div>
    </Dialog>
  );
}
