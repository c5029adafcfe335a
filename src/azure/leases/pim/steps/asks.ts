import type { PlainAsk } from '#access/leases/protocol/executor';
import type { Deadline } from '#access/leases/protocol/protocol';
import type { Standing } from '../statuses.ts';
import type { Seen } from './seen.ts';

/** What a request of ours is to do. */
export type Wish =
  /** Makes an access that ends by itself. */
  | { readonly type: 'assign'; readonly end: number }
  /** Moves the end of one that is there. */
  | { readonly type: 'update'; readonly end: number }
  | { readonly type: 'remove' };

/** One request of a protocol, about one grant. */
export type Ask =
  | PlainAsk
  /** The schedule of exactly this principal, role and scope, and all requests about it. */
  | { readonly do: 'look' }
  /** Whether the access runs by now, or is gone: repeated as long as lists may lag. */
  | { readonly do: 'verify'; readonly expected: 'there' | 'gone' }
  /** Sends one request, under a fresh random name. */
  | { readonly do: 'request'; readonly wish: Wish; readonly notAfter: Deadline }
  /** Asks for a request by its name until it stands still. `isLost`: it may never have arrived. */
  | { readonly do: 'follow'; readonly name: string; readonly isLost: boolean }
  /** Takes back a request that has not begun. */
  | { readonly do: 'cancel'; readonly name: string };

/**
 * What became of a request. `exists`: there is an access, or a request for one. `missing`: there is none, or it is too
 * young to be found. `too-young`: it cannot be ended yet. `again`: refused in passing. `refused`: the rules of the role forbid it.
 * `late`: it was not sent any more. `lost`: sent, and nobody knows. `failed`: it came to nothing for good; whoever performs
 * the requests knows why. `absent`: nothing of that name is there.
 */
export type Answer =
  /** By lists that were asked for at `asOf` on the monotonic clock, in milliseconds, or later. */
  | { readonly is: 'seen'; readonly seen: Seen; readonly asOf: number }
  /** `end` is when it ends by itself, in milliseconds since the epoch; `null`: never, or nothing is there. */
  | { readonly is: 'running' | 'gone'; readonly end: number | null }
  | { readonly is: 'stands'; readonly name: string; readonly standing: Standing }
  | { readonly is: 'lost'; readonly name: string }
  | {
      readonly is: 'done' | 'exists' | 'missing' | 'too-young' | 'again' | 'refused' | 'late' | 'failed' | 'absent';
    };
