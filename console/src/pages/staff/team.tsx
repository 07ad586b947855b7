// Who works at the desk.
import { useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { Confirm } from "../../parts/confirm";
import { CopyButton } from "../../parts/copy-button";
import { SelectField, TextField } from "../../parts/field";
import { Foreign } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { Table } from "../../parts/table";
import { staff, type Member, type Role } from "../../staff-api";

const roles: { value: Role; text: string }[] = [
  { value: "viewer", text: "Viewer: looks" },
  { value: "support", text: "Support: redrives, writes" },
  { value: "admin", text: "Admin: everything" },
];

export function TeamPage({ member }: { member: Member }) {
  const loaded = useLoaded(staff.members, []);
  return (
    <Page title="Staff">
      <AddMember reload={loaded.reload} />
      <LoadedContent of={loaded}>
        {(members) => (
          <Table
            caption="Staff"
            rows={members}
            keyOf={(each) => each.id}
            columns={[
              { name: "Name", head: true, cell: (each) => <Foreign text={each.name} /> },
              { name: "Role", cell: (each) => each.role },
              { name: "Since", cell: (each) => <Moment at={each.createdAt} /> },
              {
                name: "Action",
                hiddenName: true,
                cell: (each) =>
                  each.name !== member.name && (
                    <Confirm
                      button="Remove"
                      label={`Remove ${each.name}`}
                      kind="plain"
                      title={`Remove ${each.name}?`}
                      text="Their token stops working at once."
                      yes="Remove"
                      act={async () => {
                        await staff.removeMember(each.id);
                        await loaded.reload();
                        return `${each.name} is removed`;
                      }}
                    />
                  ),
              },
            ]}
          />
        )}
      </LoadedContent>
    </Page>
  );
}

function AddMember({ reload }: { reload: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("support");
  const [made, setMade] = useState<{ name: string; token: string }>();
  return (
    <section class="card stack" aria-labelledby="add">
      <h2 id="add">Let somebody in</h2>
      <form class="side-by-side" onSubmit={(event) => event.preventDefault()}>
        <TextField label="Name" value={name} onInput={setName} plainText />
        <SelectField label="Role" value={role} onChange={(value) => setRole(value as Role)} options={roles} />
        <div class="buttons end-of-field">
          <ActionButton
            kind="primary"
            disabled={!name.trim()}
            act={async () => {
              setMade(await staff.addMember(name.trim(), role));
              setName("");
              await reload();
            }}
          >
            Add
          </ActionButton>
        </div>
      </form>
      {made && (
        <div class="notice good" role="status">
          <div>
            <p>
              The token of <Foreign text={made.name} />, shown this once:
            </p>
            <pre class="reference">{made.token}</pre>
            <CopyButton text={made.token}>Copy the token</CopyButton>
          </div>
        </div>
      )}
    </section>
  );
}
