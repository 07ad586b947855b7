// Who has to hear of a failed sync, and by when.
import { useLoaded } from "../../loading";
import { StateBadge } from "../../parts/badge";
import { Id } from "../../parts/foreign-text";
import { Moment } from "../../parts/moment";
import { LoadedContent, Page } from "../../parts/page";
import { PagerLine, usePager } from "../../parts/pager";
import { Table } from "../../parts/table";
import { href, hrefWith } from "../../router";
import { may, staff, type Contact, type Member } from "../../staff-api";
import { contactStates, deliveryStates, plain, providerName } from "../../words";
import { Tabs } from "./tabs";

const refreshSeconds = 30;
const shownStates = ["", "overdue", "late", "half", "running", "contacted"];

export function ContactsPage({ query, member }: { query: Record<string, string>; member: Member }) {
  const state = query.state ?? "";
  const pager = usePager(state);
  const loaded = useLoaded(
    (signal) => staff.contacts(state, { after: pager.after }, signal),
    [state, pager.after],
    refreshSeconds,
  );
  return (
    <Page title="Contact clock" lead="People whose sync has failed hear of it in time, once.">
      <Tabs
        label="Which people"
        tabs={shownStates.map((each) => ({
          href: hrefWith(href("contacts"), { state: each }),
          text: each ? (contactStates[each]?.text ?? plain(each)) : "All open",
          current: each === state,
        }))}
      />
      <LoadedContent of={loaded}>
        {({ contacts, next }) => (
          <>
            <ContactTable contacts={contacts} mayWrite={may(member, "support")} />
            <PagerLine pager={pager} next={next} of="the people" />
          </>
        )}
      </LoadedContent>
    </Page>
  );
}

function ContactTable({ contacts, mayWrite }: { contacts: Contact[]; mayWrite: boolean }) {
  return (
    <Table
      caption="People who have to be told"
      rows={contacts}
      keyOf={(contact) => contact.entryId}
      empty="Nobody is waiting to be told."
      columns={[
        { name: "Person", head: true, cell: (contact) => <Id text={contact.userId} /> },
        { name: "Clock", cell: (contact) => <StateBadge state={contact.state} among={contactStates} /> },
        { name: "Tell them by", cell: (contact) => <Moment at={contact.dueAt} /> },
        { name: "Failed first", cell: (contact) => <Moment at={contact.firstFailedAt} /> },
        { name: "Provider", cell: (contact) => providerName(contact.provider) },
        {
          name: "Messages",
          cell: (contact) =>
            contact.messages.length
              ? contact.messages.map((message) => (
                  <span key={message.template} class="channel">
                    {plain(message.template)} <StateBadge state={message.state} among={deliveryStates} />
                  </span>
                ))
              : "none yet",
        },
        {
          name: "Dead letter",
          cell: (contact) => (
            <a href={href("dlq", contact.entryId)}>
              {mayWrite ? "Write" : "Open"}
              <span class="for-readers">, dead letter of {contact.userId}</span>
            </a>
          ),
        },
      ]}
    />
  );
}
