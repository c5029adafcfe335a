import type { Holder } from '../../src/aws/leases/steps/holder.ts';
import type { Permanent } from '../../src/aws/leases/steps/permanent.ts';
import type { Revocation } from '../../src/aws/leases/steps/revoke.ts';
import type { Sweep } from '../../src/aws/leases/steps/sweep.ts';
import type { Memory, Role } from './steps.ts';

/**
 * Values that a phase, and all that can follow it, no longer reads are reset: states that differ in nothing else are
 * one. A test compares with an exploration that forgets nothing.
 */
export function forget(role: Role, at: string, memory: Memory): Memory {
  switch (role) {
    case 'holder':
      return forgetHolder(at, memory as Holder);
    case 'sweep':
      return forgetSweep(at, memory as Sweep);
    case 'permanent':
      return forgetPermanent(at, memory as Permanent);
    case 'revoke':
      return forgetRevocation(at, memory as Revocation);
  }
}

const noSpan = { after: 0, before: 0 };
const judging = new Set(['look', 'judge', 'last-judge']);
const beforeList = new Set(['join', 'hold', 'settle-list', 'list']);
const arming = new Set(['look', 'judge', 'save-arming', 'arm']);
const disarming = new Set([...arming, 'fenced', 'covered', 'disarm-timer', 'disarm-unmade']);
const leaving = new Set(['abandon', 'abandon-timer', 'abandon-created']);
const dropping = new Set(['release', 'drop', 'dropped', 'last', 'renew-hold', 'renew-timer']);
const deleting = new Set(['last-judge', 'last-look', 'last-creation', 'delete', 'delete-again', 'delete-lost']);
const cleaning = new Set(['deleted', 'absent', 'clean-wait', 'clean', 'clean-own', 'drop-dead']);
const sleeping = new Set([
  'settle-list',
  'fenced',
  'look-again',
  'create-again',
  'permanent-pause',
  'keep-pause',
  'keep-wait',
  'keep-settle',
  'abandon',
  'dropped',
  'delete-again',
  'delete-lost',
]);

function forgetHolder(at: string, it: Holder): Holder {
  const released = dropping.has(at) || deleting.has(at) || cleaning.has(at);
  const joining = !released && !leaving.has(at);
  const listed = deleting.has(at) || cleaning.has(at);
  const timed = (at === 'drop' || at === 'dropped' || at === 'last' || deleting.has(at)) && at !== 'delete-lost';
  return {
    ...it,
    progress: it.progress === 'holding' || deleting.has(at) || cleaning.has(at) ? 'holding' : 'arming',
    others: [],
    why: null,
    proof: at === 'look' ? it.proof : 'none',
    span: judging.has(at) && (at !== 'look' || it.proof === 'spent') ? it.span : noSpan,
    alone: disarming.has(at) ? it.alone : true,
    latest: arming.has(at) ? it.latest : it.end,
    toDisarm: disarming.has(at) ? it.toDisarm : [],
    unsure: joining && !beforeList.has(at) ? it.unsure : joining && at !== 'join' && it.unsure,
    armed: (joining || leaving.has(at)) && it.armed,
    heldAt: joining ? it.heldAt : 0,
    fireUntil: joining ? it.fireUntil : 0,
    askedAt: joining && at !== 'join' ? it.askedAt : 0,
    armedAt: joining || leaving.has(at) || at === 'release' ? it.armedAt : 0,
    droppedAt: timed ? it.droppedAt : 0,
    listedAt: listed && at !== 'clean' && at !== 'clean-own' && at !== 'drop-dead' ? it.listedAt : 0,
    clean: listed && at !== 'drop-dead' ? it.clean : [],
    cleanOwn: listed && at !== 'drop-dead' ? it.cleanOwn : [],
    sleepUntil: sleeping.has(at) ? it.sleepUntil : 0,
  };
}

function forgetSweep(at: string, it: Sweep): Sweep {
  const done = at === 'unmark';
  const early = at === 'sweep' || at === 'drop-ended' || at === 'settle' || at === 'list';
  const deletes = at === 'list' || at === 'judge' || at === 'delete' || at === 'delete-again';
  return {
    ...it,
    outcome: it.outcome === 'suspect' ? 'suspect' : 'nothing',
    span: at === 'judge' ? it.span : noSpan,
    clean: done || early ? [] : it.clean,
    askedAt: deletes ? it.askedAt : 0,
    listedAt: done || early || at === 'clean' ? 0 : it.listedAt,
    sleepUntil: at === 'settle' || at === 'delete-again' || at === 'delete-lost' ? it.sleepUntil : 0,
  };
}

const permanentEnd = new Set(['clean', 'shown', 'leave', 'give-up']);
const beforeCreation = new Set([
  'permanent',
  'settle-list',
  'list',
  'disarm-timer',
  'disarm-unmade',
  'settle',
  'deletions',
  'look-again',
  'create',
  'create-again',
  'created',
]);

function forgetPermanent(at: string, it: Permanent): Permanent {
  const ending = permanentEnd.has(at);
  return {
    ...it,
    others: [],
    alone: at === 'disarm-timer' || at === 'disarm-unmade' ? it.alone : true,
    heldAt: ending ? 0 : it.heldAt,
    fireUntil: ending ? 0 : it.fireUntil,
    createdAt: beforeCreation.has(at) || at === 'leave' || at === 'give-up' ? 0 : it.createdAt,
    clean: at === 'shown' || at === 'leave' || at === 'give-up' ? [] : it.clean,
    sleepUntil: at === 'settle-list' || at === 'look-again' || at === 'create-again' ? it.sleepUntil : 0,
  };
}

function forgetRevocation(at: string, it: Revocation): Revocation {
  const deletes = at === 'list' || at === 'delete' || at === 'delete-again';
  const waits = at === 'settle' || at === 'delete-again' || at === 'delete-lost';
  return {
    ...it,
    others: [],
    outcome: 'failed',
    clean: at === 'list' || at === 'settle' ? [] : it.clean,
    askedAt: deletes ? it.askedAt : 0,
    sleepUntil: waits ? it.sleepUntil : 0,
  };
}

/** True if a holder releases, or gives up, its lease. */
export function isLeaving(at: string): boolean {
  return leaving.has(at) || dropping.has(at) || deleting.has(at) || cleaning.has(at);
}

/** True if it can have given up its hold, and has not yet ended access without other holders. */
export function hasDropped(at: string): boolean {
  return isLeaving(at) && !leaving.has(at) && at !== 'release';
}
