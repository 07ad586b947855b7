// From a person to their jobs, for a while, with a purpose that is kept.
import { useState } from "preact/hooks";
import { announce } from "../../parts/announcer";
import { StateBadge } from "../../parts/badge";
import { TextField } from "../../parts/field";
import { Id } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { Page, ProblemNotice } from "../../parts/page";
import { Table } from "../../parts/table";
import type { Problem } from "../../api";
import { asProblem } from "../../loading";
import { href, hrefWith } from "../../router";
import { staff, type Glass } from "../../staff-api";
import { jobStatuses, plain } from "../../words";
import { PurposeForm } from "./purpose";

export function BreakGlassPage() {
  const [user, setUser] = useState("");
  const [glass, setGlass] = useState<Glass>();
  const [problem, setProblem] = useState<Problem>();
  const find = async (purpose: string) => {
    setProblem(undefined);
    try {
      const found = await staff.breakGlass(user.trim(), purpose);
      setGlass(found);
      announce(`${found.jobs.length} jobs found`);
    } catch (error) {
      setProblem(asProblem(error));
    }
  };
  return (
    <Page
      title="Find a person"
      lead="Break the glass: from a person to their jobs, for a while. It is kept in the audit trail."
    >
      <div class="narrow start stack">
        <TextField
          label="Person"
          value={user}
          onInput={setUser}
          hint="usr_…, or the id at the built-in issuer"
          plainText
        />
        <PurposeForm button="Find the jobs" onPurpose={(purpose) => void find(purpose)} />
      </div>
      {problem && <ProblemNotice problem={problem} />}
      {glass && <Found glass={glass} />}
    </Page>
  );
}

function Found({ glass }: { glass: Glass }) {
  return (
    <section aria-labelledby="found">
      <h2 id="found">
        Jobs of <Id text={glass.userId} />
      </h2>
      <p>
        The glass closes <Moment at={glass.expiresAt} />.{" "}
        <a href={hrefWith(href("dlq"), { user: glass.userId })}>Their dead letters</a>
      </p>
      <Table
        caption="Jobs of this person"
        rows={glass.jobs}
        keyOf={(job) => job.jobId}
        empty="This person has no jobs."
        columns={[
          { name: "Job", head: true, cell: (job) => <Id text={job.jobId} /> },
          { name: "Status", cell: (job) => <StateBadge state={job.status} among={jobStatuses} /> },
          { name: "Error", cell: (job) => (job.errorCode ? plain(job.errorCode) : "") },
          { name: "Began", cell: (job) => <Moment at={job.createdAt} /> },
          { name: "Correlation", cell: (job) => <Id text={job.correlationId} /> },
          {
            name: "Dead letter",
            cell: (job) =>
              job.status === "dead_lettered" && (
                <a href={hrefWith(href("dlq"), { job: job.jobId })}>
                  Show it<span class="for-readers">: dead letter of {job.jobId}</span>
                </a>
              ),
          },
        ]}
      />
    </section>
  );
}
