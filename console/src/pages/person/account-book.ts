// A person's connections and the providers behind them, by id and by name.
import { person, type Connection, type Provider, type Sync } from "../../person-api";
import { providerName } from "../../words";

export interface AccountBook {
  providers: Provider[];
  connections: Connection[];
}

export async function loadAccountBook(signal?: AbortSignal): Promise<AccountBook> {
  const [providers, connections] = await Promise.all([person.providers(signal), person.connections(signal)]);
  return { providers, connections };
}

export function providerOf(book: AccountBook, connectionId: string): Provider | undefined {
  const connection = book.connections.find((each) => each.id === connectionId);
  return book.providers.find((each) => each.key === connection?.provider);
}

// "Strava", or "Strava (2)" where there are several of one provider.
export function accountName(book: AccountBook, connectionId: string): string {
  const connection = book.connections.find((each) => each.id === connectionId);
  if (!connection) return "a disconnected account";
  const name = providerName(connection.provider, book.providers);
  const alike = book.connections
    .filter((each) => each.provider === connection.provider)
    .sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  return alike.length > 1 ? `${name} (${alike.indexOf(connection) + 1})` : name;
}

export interface Sides {
  from: string;
  to: string;
}

export function sidesOf(book: AccountBook, sync: Sync): Sides {
  return {
    from: accountName(book, sync.sourceConnectionId),
    to: accountName(book, sync.destinationConnectionId),
  };
}

// The account of this sync that wants to be connected again.
export function brokenConnection(book: AccountBook, sync: Sync): Connection | undefined {
  return book.connections.find(
    (each) =>
      each.status === "needs_reauth" && [sync.sourceConnectionId, sync.destinationConnectionId].includes(each.id),
  );
}

// The data types that can travel from one to the other.
export function commonDataTypes(from: Provider | undefined, to: Provider | undefined): string[] {
  const readable = from?.dataTypes.filter((each) => each.read).map((each) => each.type) ?? [];
  return readable.filter((type) => to?.dataTypes.some((each) => each.type === type && each.write));
}
