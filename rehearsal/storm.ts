import type { JournalEntry, ServiceName } from './journal.ts';
import { chance } from './random.ts';
import type { Effect } from './script.ts';
import type { World } from './world.ts';

/** Strength of the storm: shares of requests, 0 to 1, that meet a fault; together at most 1. */
export interface StormOptions {
  /** The same seed gives the same faults to the same requests in the same order. */
  readonly seed: number;
  /** 429 and its kin. */
  readonly throttles?: number;
  /** Number of seconds in a throttle's delay; default without a delay. */
  readonly retryAfterSeconds?: number;
  /** 500, 502 and 503. */
  readonly outages?: number;
  /** Connections that break before anything is processed. */
  readonly resets?: number;
  /** Answers that are lost, or break off, after the request was processed. */
  readonly lost?: number;
  /** Of changing requests only: busy. */
  readonly conflicts?: number;
  /** Affected services; default both clouds' own services, not the sign-in. */
  readonly services?: readonly ServiceName[];
  /** Places where nothing ever succeeds. */
  readonly failing?: readonly FailingPlace[];
}

/** A place where nothing succeeds: an operation that begins and ends FAILED (AWS only), or a start that is refused. */
export type FailingPlace =
  | { readonly accountId: string; readonly how: 'fails' | 'refused'; readonly reason?: string }
  /** A scope of Azure, with everything below it. */
  | { readonly scope: string; readonly how: 'refused' };

export interface Storm {
  /** Number of requests with each fault so far. */
  counts(): Readonly<Record<string, number>>;
  /** Ends the faults; places that always fail stay so. */
  calm(): void;
}

const clouds: readonly ServiceName[] = ['sso', 'identitystore', 'organizations', 'scheduler', 'arm', 'graph'];

/** Adds random faults to a world, in every operation of its clouds. Single faults of the script have priority. */
export function storm(world: Pick<World, 'script'>, options: StormOptions): Storm {
  const { seed, services = clouds, failing = [] } = options;
  const counts: Record<string, number> = {};
  const seen = new Map<string, number>();
  checkShares(options);
  for (const place of failing) if (place.how === 'fails') failAlways(world, place);

  const effectOn = (entry: JournalEntry): Effect | undefined => {
    const { service, operation } = entry;
    if (!services.includes(service)) return undefined;
    const nth = (seen.get(operation) ?? 0) + 1;
    seen.set(operation, nth);
    const [name, effect] = drawn(options, isChange(operation), chance(seed, operation, nth), chance(seed, 'form', nth));
    if (effect !== undefined) counts[name] = (counts[name] ?? 0) + 1;
    return effect;
  };
  const refused = (entry: JournalEntry): Effect | undefined => {
    const place = failing.find((one) => one.how === 'refused' && isAt(entry, one));
    if (place === undefined) return undefined;
    counts['refused'] = (counts['refused'] ?? 0) + 1;
    return refusalOf(entry);
  };
  // Before the faults: one of those would carry out a request and lose its response.
  world.script.weather(refused);
  const calm = world.script.weather(effectOn);
  return { counts: () => ({ ...counts }), calm };
}

function checkShares({ throttles = 0, outages = 0, resets = 0, lost = 0, conflicts = 0 }: StormOptions): void {
  const shares = [throttles, outages, resets, lost, conflicts];
  const sum = shares.reduce((one, other) => one + other, 0);
  if (shares.some((share) => !(share >= 0)) || sum > 1 + 1e-9)
    throw new Error(`A storm's shares are at least 0 and at most 1 together: ${shares.join(', ')}.`);
}

/** One draw decides; the shares are side by side on the line from 0 to 1. */
function drawn(
  { throttles = 0, retryAfterSeconds, outages = 0, resets = 0, lost = 0, conflicts = 0 }: StormOptions,
  change: boolean,
  draw: number,
  form: number,
): readonly [name: string, effect: Effect | undefined] {
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  const line: readonly (readonly [string, number, Effect])[] = [
    ['throttles', throttles, { kind: 'throttle', ...wait }],
    ['outages', outages, outage(form)],
    ['resets', resets, { kind: 'reset' }],
    ['lost', lost, { kind: form < 0.5 ? 'lost' : 'broken' }],
    ['conflicts', change ? conflicts : 0, { kind: 'conflict' }],
  ];
  let from = 0;
  for (const [name, share, effect] of line) {
    if (draw >= from && draw < from + share) return [name, effect];
    from += share;
  }
  return ['', undefined];
}

/** A service's own error, and a server before a service that responds in HTML. */
function outage(form: number): Effect {
  if (form < 0.4) return { kind: 'error', status: 500, code: 'InternalServerException' };
  if (form < 0.7) return { kind: 'http', status: 503, body: '<html><body>Service Unavailable</body></html>' };
  return { kind: 'http', status: 502, body: '<html><body>Bad Gateway</body></html>' };
}

function isChange(operation: string): boolean {
  return /^(?:Create|Update|Delete|Provision)|\.(?:put|delete)$/.test(operation);
}

function isAt({ operation, body, url = '' }: JournalEntry, place: FailingPlace): boolean {
  if (!isChange(operation)) return false;
  if ('scope' in place) {
    const path = decodeURIComponent(url).replace(/^\/\//, '/').toLowerCase();
    return path.startsWith(`${place.scope === '/' ? '' : place.scope.toLowerCase()}/`);
  }
  return (body as { readonly TargetId?: unknown } | null)?.TargetId === place.accountId;
}

function refusalOf({ service }: JournalEntry): Effect {
  return service === 'arm'
    ? {
        kind: 'error',
        status: 403,
        code: 'AuthorizationFailed',
        message: 'The client does not have authorization here.',
      }
    : { kind: 'error', status: 400, code: 'AccessDeniedException', message: 'An SCP denies this in the account.' };
}

function failAlways(
  world: Pick<World, 'script'>,
  { accountId, reason }: Extract<FailingPlace, { accountId: string }>,
): void {
  world.script.outcome(
    { accountId, times: Infinity },
    { status: 'FAILED', failureReason: reason ?? 'An unexpected internal service exception was encountered' },
  );
}
