import type { Agenda } from './agenda.ts';
import type { OperationKind, OperationOutcome, OperationPlace } from './aws/operation.ts';
import type { JournalEntry, ServiceName } from './journal.ts';

/** Selected requests, counted from the moment that the script is written. */
export interface RequestMatch {
  readonly service?: ServiceName;
  readonly operation?: string;
  /** The n-th match, 1-based. */
  readonly nth?: number;
  /** Number of matches in a row. */
  readonly times?: number;
  /** The n-th request of all to any server, 0-based. */
  readonly index?: number;
  /** A condition of one's own. */
  readonly where?: (entry: JournalEntry) => boolean;
}

/** Effect on a request instead of an ordinary response. */
export type Effect =
  | { readonly kind: 'throttle'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'conflict' }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly reason?: string;
      readonly resourceType?: string;
    }
  /** A raw answer, for example an HTML page with status 500. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection is reset before anything is processed. */
  | { readonly kind: 'reset' }
  /** Processed, the effect takes place, then the connection breaks before any answer. */
  | { readonly kind: 'lost' }
  /** Processed, and the answer breaks off in the middle of its body. */
  | { readonly kind: 'broken' }
  /** Never answered; not processed either, unless `processed`: at once, or so much later, as a request that is still on its way when its sender is gone. */
  | { readonly kind: 'hang'; readonly processed?: boolean; readonly afterMs?: number }
  /** Processed at once, answered so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Processed only so much later, as a request that was long on its way, and answered then. */
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  /** Processed, but a successful answer has this body instead: text as it is, anything else as JSON. */
  | { readonly kind: 'answer'; readonly body: unknown }
  /** Processed, but the text of a successful answer comes out of this, and may call itself something else. */
  | { readonly kind: 'altered'; readonly alter: (text: string) => string; readonly contentType?: string }
  /** Processed, and answered with so many bytes that begin like JSON, as fast as they are taken. */
  | { readonly kind: 'flood'; readonly bytes: number; readonly status?: number }
  /** Processed, and answered byte by byte, one each so many milliseconds. */
  | { readonly kind: 'drip'; readonly everyMs: number };

export interface OperationMatch {
  readonly kind?: OperationKind;
  readonly accountId?: string;
  /** The n-th match, 1-based; default the next. */
  readonly nth?: number;
  readonly times?: number;
}

export type RequestHook = (entry: JournalEntry) => void | Promise<void>;

/** Returns the effect on a request without a scripted single fault. */
export type Weather = (entry: JournalEntry) => Effect | undefined;

/** Scripted events of a rehearsal. */
export interface Script {
  fault(match: RequestMatch, effect: Effect): void;
  outcome(match: OperationMatch, outcome: OperationOutcome): void;
  /** Something another actor does so many milliseconds from now. */
  at(ms: number, action: () => void): void;
  /** Called when a matching request (each one, unless `nth` or `index` says which) has arrived, before it is processed. */
  onRequest(match: RequestMatch, hook: RequestHook): void;
  /** From now on, until the returned function is called; the first weather that says something counts. */
  weather(weather: Weather): () => void;
}

/** Questions of the servers to the script. */
export interface OpenScript extends Script {
  /** Calls the hooks; true when there were any. */
  arrived(entry: JournalEntry): Promise<boolean>;
  effectOn(entry: JournalEntry): Effect | undefined;
  outcomeOf(operation: OperationPlace): OperationOutcome | undefined;
}

interface Rule<T> {
  readonly fits: (subject: T) => boolean;
  readonly from: number;
  remaining: number;
  seen: number;
}

function requestRule(match: RequestMatch, times: number): Rule<JournalEntry> {
  let all = 0;
  const fits = (entry: JournalEntry): boolean => {
    const index = all++;
    return (
      (match.index === undefined || match.index === index) &&
      (match.service === undefined || match.service === entry.service) &&
      (match.operation === undefined || match.operation === entry.operation) &&
      (match.where?.(entry) ?? true)
    );
  };
  return { fits, from: match.nth ?? 1, remaining: match.times ?? times, seen: 0 };
}

/** Counts a subject on a rule; true when it is the rule's turn. */
function due<T>(rule: Rule<T>, subject: T): boolean {
  if (!rule.fits(subject)) return false;
  rule.seen += 1;
  return rule.seen >= rule.from && rule.remaining > 0;
}

/** The first of the rules whose turn it is; the others keep theirs for the next subject. */
function take<T, R extends Rule<T>>(rules: readonly R[], subject: T): R | undefined {
  const [first] = rules.filter((rule) => due(rule, subject));
  if (first !== undefined) first.remaining -= 1;
  return first;
}

export function makeScript(agenda: Agenda): OpenScript {
  const faults: (Rule<JournalEntry> & { readonly effect: Effect })[] = [];
  const outcomes: (Rule<OperationPlace> & { readonly outcome: OperationOutcome })[] = [];
  const hooks: (Rule<JournalEntry> & { readonly hook: RequestHook })[] = [];
  const weathers = new Set<Weather>();
  return {
    fault: (match, effect) => {
      faults.push({ ...requestRule(match, 1), effect });
    },
    outcome: (match, outcome) => {
      const fits = (operation: OperationPlace): boolean =>
        (match.kind === undefined || match.kind === operation.kind) &&
        (match.accountId === undefined || match.accountId === operation.accountId);
      outcomes.push({ fits, from: match.nth ?? 1, remaining: match.times ?? 1, seen: 0, outcome });
    },
    at: (ms, action) => {
      agenda.add(agenda.time() + ms, action);
    },
    onRequest: (match, hook) => {
      hooks.push({ ...requestRule(match, match.nth === undefined ? Infinity : 1), hook });
    },
    arrived: async (entry) => {
      const called = hooks.filter((rule) => due(rule, entry));
      for (const rule of called) rule.remaining -= 1;
      for (const { hook } of called) await hook(entry);
      return called.length > 0;
    },
    weather: (weather) => {
      weathers.add(weather);
      return () => {
        weathers.delete(weather);
      };
    },
    effectOn: (entry) => {
      const fault = take(faults, entry);
      if (fault !== undefined) return fault.effect;
      for (const weather of weathers) {
        const effect = weather(entry);
        if (effect !== undefined) return effect;
      }
      return undefined;
    },
    outcomeOf: (operation) => take(outcomes, operation)?.outcome,
  };
}
