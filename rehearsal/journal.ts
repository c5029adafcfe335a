/** The servers of a rehearsal, by the names that scripts use. */
export type ServiceName =
  | 'oidc'
  /** GitHub's REST API. */
  | 'github'
  | 'sts'
  | 'sso'
  | 'identitystore'
  | 'organizations'
  | 'scheduler'
  | 'entra'
  | 'arm'
  | 'graph'
  /** The forward proxy, and the Azure CLI. */
  | 'proxy'
  | 'cli';

/** End of a request. A request without a response (yet) is `hang`, one with a lost response `lost`. */
export type RequestOutcome = 'ok' | 'error' | 'reset' | 'lost' | 'hang';

/** A request that a server has seen. */
export interface JournalEntry {
  readonly index: number;
  /** Time of its arrival, in the rehearsal's time (ms epoch). */
  readonly at: number;
  readonly service: ServiceName;
  readonly operation: string;
  /** From the credential scope; empty for unsigned requests and on Azure. */
  readonly region: string;
  readonly host: string;
  readonly userAgent: string;
  /** True if it had an Authorization header. */
  readonly authorized: boolean;
  /** Of the response; 0 without one. */
  readonly status: number;
  readonly outcome: RequestOutcome;
  /** The error code of the answer. */
  readonly code?: string;
  readonly requestId: string;
  /** Path and query, of Azure's servers; they hold no secret. */
  readonly url?: string;
  /** The parameters; an ID token is replaced by a note. */
  readonly body: unknown;
  /** The caller: the ARN of the assumed role, or the object ID of the service principal. */
  readonly principal?: string;
  /** The run whose ID token its access token was issued for, on Azure, where nothing in a request names the run. */
  readonly runId?: string;
  /** The action that was checked, and the resource or scope for which it was denied. */
  readonly action?: string;
  readonly denied?: string;
  /** All checks of it, in this order. */
  readonly checks?: readonly Check[];
  /** The ID token that was issued or presented, and how many times it has been presented by now. */
  readonly idToken?: { readonly id: string; readonly audience: string; readonly uses: number };
  /** The name of the schedule whose firing it is. */
  readonly schedule?: string;
  /** The kind of the scripted effect that it met. */
  readonly scripted?: string;
}

/** A right that a request took. */
export interface Check {
  /** `sso:ListInstances`, `Microsoft.Authorization/roleAssignments/write`. */
  readonly action: string;
  /** The ARN of the resource, or the scope. */
  readonly on: string;
}

/** An entry that is still being written. */
export type OpenEntry = { -readonly [K in keyof JournalEntry]: JournalEntry[K] };

/** Every request to every server, in order of arrival. */
export interface Journal {
  all(): readonly JournalEntry[];
  /** A point in the journal, for `since`. */
  mark(): number;
  since(mark: number): readonly JournalEntry[];
  of(operation: string): readonly JournalEntry[];
  /** Number of requests of each operation; also known where the entries are not kept. */
  counts(): Readonly<Record<string, number>>;
}

/** Records the checks of a request. */
export function noteCheck(entry: OpenEntry, action: string, resources: readonly string[]): void {
  entry.action = action;
  noteFurtherCheck(entry, action, resources);
}

/** Records checks other than that of its own action. */
export function noteFurtherCheck(entry: OpenEntry, action: string, resources: readonly string[]): void {
  entry.checks = [...(entry.checks ?? []), ...resources.map((on) => ({ action, on }))];
}

export interface OpenJournal extends Journal {
  open(entry: Omit<OpenEntry, 'index' | 'status' | 'outcome'>): OpenEntry;
}

/** The journal at the time of each look: with all events that were due by then. */
export function settledJournal(journal: Journal, settle: () => void): Journal {
  const settled = <T>(read: () => T): T => {
    settle();
    return read();
  };
  return {
    all: () => settled(() => journal.all()),
    mark: () => settled(() => journal.mark()),
    since: (mark) => settled(() => journal.since(mark)),
    of: (operation) => settled(() => journal.of(operation)),
    counts: () => settled(() => journal.counts()),
  };
}

/** Of `counts` only the numbers are kept: a hundred thousand entries with their bodies are hundreds of megabytes. */
export function makeJournal(keep: 'entries' | 'counts' = 'entries'): OpenJournal {
  const entries: OpenEntry[] = [];
  const counts = new Map<string, number>();
  let index = 0;
  return {
    all: () => [...entries],
    mark: () => entries.length,
    since: (mark) => entries.slice(mark),
    of: (operation) => entries.filter((entry) => entry.operation === operation),
    counts: () => Object.fromEntries(counts),
    open: (fields) => {
      const entry: OpenEntry = { ...fields, index, status: 0, outcome: 'hang' };
      index += 1;
      counts.set(entry.operation, (counts.get(entry.operation) ?? 0) + 1);
      if (keep === 'entries') entries.push(entry);
      return entry;
    },
  };
}
