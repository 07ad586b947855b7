// The configuration in force, and where each value comes from.
import { useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { Badge } from "../../parts/badge";
import { CheckField, TextField } from "../../parts/field";
import { Foreign } from "../../parts/foreign-text";
import { LoadedContent, Page } from "../../parts/page";
import { Table } from "../../parts/table";
import { staff, type Setting } from "../../staff-api";

export function ConfigurationPage() {
  const loaded = useLoaded(staff.configuration, []);
  const [words, setWords] = useState("");
  const [changedOnly, setChangedOnly] = useState(false);
  const fits = (setting: Setting) =>
    (!changedOnly || setting.origin !== "default") &&
    `${setting.name} ${setting.meaning}`.toLowerCase().includes(words.trim().toLowerCase());
  return (
    <Page title="Configuration" lead="What is in force now. Secrets are masked.">
      <div class="filters card">
        <TextField label="Find" type="search" value={words} onInput={setWords} plainText />
        <CheckField label="Only what is not a default" checked={changedOnly} onChange={setChangedOnly} />
      </div>
      <LoadedContent of={loaded}>
        {(settings) => (
          <Table
            caption="Settings"
            rows={settings.filter(fits)}
            keyOf={(setting) => setting.name}
            empty="No setting fits."
            columns={[
              {
                name: "Setting",
                head: true,
                cell: (setting) => (
                  <>
                    <code>{setting.name}</code>
                    <span class="entry-message">{setting.meaning}</span>
                  </>
                ),
              },
              {
                name: "Value",
                cell: (setting) =>
                  setting.value === "" ? (
                    <span class="faint">empty</span>
                  ) : (
                    <code>
                      <Foreign text={setting.value} />
                    </code>
                  ),
              },
              { name: "Comes from", cell: (setting) => <Foreign text={setting.origin} /> },
              {
                name: "Takes effect",
                cell: (setting) => (setting.live ? <Badge tone="good" text="At once" /> : "at the next start"),
              },
            ]}
          />
        )}
      </LoadedContent>
    </Page>
  );
}
