import type { Deadline, PlainAsk } from '#access/leases/protocol/protocol';
import type { Standing } from '../statuses.ts';
import type { Seen } from './seen.ts';

/** Purpose of a request of this step. */
export type Wish =
  /** Creates access that ends by itself. */
  | { readonly type: 'assign'; readonly end: number }
  /** Moves the end of existing access. */
  | { readonly type: 'update'; readonly end: number }
  | { readonly type: 'remove' };

/** One request of a protocol, about one grant. */
export type Ask =
  | PlainAsk
  /** Reads the schedule of exactly this principal, role and scope, and all requests about it. */
  | { readonly do: 'look' }
  /** Reads whether the access is active, or gone: repeated as long as lists might lag. */
  | { readonly do: 'verify'; readonly expected: 'there' | 'gone' }
  /** Sends one request, under a new random name. */
  | { readonly do: 'request'; readonly wish: Wish; readonly notAfter: Deadline }
  /** Reads a request by its name until it is finished. `isLost`: it might never have arrived. */
  | { readonly do: 'follow'; readonly name: string; readonly isLost: boolean }
  /** Cancels a request that has not begun. */
  | { readonly do: 'cancel'; readonly name: string };

/**
 * Result of a request. `exists`: the access, or a request for it, already exists. `missing`: the access does not exist, or
 * is too young to be found. `too-young`: it cannot be ended yet. `again`: refused temporarily. `refused`: the rules of the
 * role forbid it. `late`: it was not sent, since it was too late. `lost`: it was sent, and the result is unknown. `failed`:
 * it failed for good; the executor knows why. `absent`: nothing has that name.
 */
export type Answer =
  /** From lists that were requested at `asOf` or later, in milliseconds on the monotonic clock. */
  | { readonly is: 'seen'; readonly seen: Seen; readonly asOf: number }
  /** `end` is when the access ends by itself, in milliseconds since the epoch; `null`: never, or there is none. */
  | { readonly is: 'running' | 'gone'; readonly end: number | null }
  | { readonly is: 'stands'; readonly name: string; readonly standing: Standing }
  | { readonly is: 'lost'; readonly name: string }
  | {
      readonly is: 'done' | 'exists' | 'missing' | 'too-young' | 'again' | 'refused' | 'late' | 'failed' | 'absent';
    };
