// Pause everything, how to be told, take everything along, be forgotten.
import { useState } from "preact/hooks";
import { useLoaded } from "../../loading";
import { ActionButton } from "../../parts/action-button";
import { Confirm } from "../../parts/confirm";
import { CheckField, TextField } from "../../parts/field";
import { Foreign, Id } from "../../parts/foreign-text";
import { LoadedContent, Page } from "../../parts/page";
import { Moment } from "../../parts/moment";
import { person, type Settings, type User } from "../../person-api";
import { forgetToken } from "../../session";

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function SettingsPage() {
  const loaded = useLoaded(person.me, []);
  return (
    <Page title="Settings">
      <LoadedContent of={loaded}>
        {(user) => (
          <>
            <PauseSection user={user} reload={loaded.reload} />
            <ContactSection key={user.version} user={user} reload={loaded.reload} />
            <DataSection user={user} />
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

// What is not sent would be reset, but for the address.
function settingsOf(user: User): Settings {
  return {
    paused: user.paused,
    timeZone: user.timeZone || ownZone,
    locale: user.locale || navigator.language,
    contactOptOut: user.contactOptOut ?? false,
  };
}

interface SectionProperties {
  user: User;
  reload: () => Promise<void>;
}

function PauseSection({ user, reload }: SectionProperties) {
  return (
    <section class="card stack" aria-labelledby="pause">
      <h2 id="pause">{user.paused ? "Everything is paused" : "Pause everything"}</h2>
      <p>
        {user.paused
          ? "No sync runs by itself. When you go on, they catch up."
          : "No sync runs by itself until you go on; nothing is lost."}
      </p>
      <div class="buttons">
        <ActionButton
          kind={user.paused ? "primary" : "plain"}
          act={async () => {
            await person.changeSettings({ ...settingsOf(user), paused: !user.paused }, user.version);
            await reload();
            return user.paused ? "Syncs go on" : "Everything is paused";
          }}
        >
          {user.paused ? "Go on" : "Pause everything"}
        </ActionButton>
      </div>
    </section>
  );
}

function ContactSection({ user, reload }: SectionProperties) {
  const [settings, setSettings] = useState(settingsOf(user));
  const [address, setAddress] = useState("");
  const known = Boolean(user.contactEmail ?? user.hasContactEmail);
  const change = (part: Partial<Settings>) => setSettings({ ...settings, ...part });
  const save = async (contactEmail: string | undefined) => {
    const sent: Settings = { ...settings };
    if (contactEmail !== undefined) sent.contactEmail = contactEmail;
    await person.changeSettings(sent, user.version);
    await reload();
    return "Saved";
  };
  return (
    <section class="card stack" aria-labelledby="contact">
      <h2 id="contact">When something fails</h2>
      <TextField
        label={known ? "Another mail address" : "Mail address"}
        type="email"
        value={address}
        onInput={setAddress}
        hint={
          known ? (
            <>
              We write to {user.contactEmail ? <Foreign text={user.contactEmail} /> : "the address that you gave"}. It
              is kept sealed and shown to nobody.
            </>
          ) : (
            "Only to tell you that a sync failed. It is kept sealed and shown to nobody."
          )
        }
      />
      <CheckField
        label="Write me no mail about failed syncs"
        checked={settings.contactOptOut}
        onChange={(contactOptOut) => change({ contactOptOut })}
      />
      <div class="side-by-side">
        <TextField
          label="Time zone"
          value={settings.timeZone}
          onInput={(timeZone) => change({ timeZone })}
          hint="Like Europe/Berlin"
          plainText
        />
        <TextField
          label="Language"
          value={settings.locale}
          onInput={(locale) => change({ locale })}
          hint="Like de-DE"
          plainText
        />
      </div>
      <div class="buttons">
        <ActionButton kind="primary" act={() => save(address.trim() || undefined)}>
          Save
        </ActionButton>
        {known && <ActionButton act={() => save("")}>Remove the address</ActionButton>}
      </div>
    </section>
  );
}

function DataSection({ user }: { user: User }) {
  const [made, setMade] = useState<{ url: string; expiresAt: string }>();
  return (
    <section class="card stack" aria-labelledby="data">
      <h2 id="data">What we know of you</h2>
      <p>
        You are <Id text={user.id} /> here. We keep no health data: only which syncs you have and what they did.
      </p>
      <div class="buttons">
        <ActionButton
          act={async () => {
            setMade(await person.exportEverything());
            return "Your export is ready";
          }}
        >
          Export everything
        </ActionButton>
        <Confirm
          button="Delete my account"
          title="Delete your account?"
          text="Every permission is given back, every sync ends, and all that is known of you here is erased. What was synced stays with the providers. Nobody can undo this."
          yes="Delete for good"
          typed={{ what: "this word", value: "delete" }}
          act={async () => {
            await person.erase();
            forgetToken();
            location.hash = "#/";
            location.reload();
          }}
        />
      </div>
      {made && (
        <p role="status">
          {/^(https?:\/)?\//.test(made.url) && (
            <a href={made.url} download>
              Download the export
            </a>
          )}{" "}
          (the link ends <Moment at={made.expiresAt} />)
        </p>
      )}
    </section>
  );
}
