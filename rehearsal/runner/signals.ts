import type { ChildProcess } from 'node:child_process';

import type { RequestMatch } from '../script.ts';
import type { World } from '../world.ts';

/** Signals for the process of a step. */
export interface Interruptions {
  readonly signals?: readonly StepSignal[];
  /** Stops the process when a request arrives, and continues it later, as a suspended virtual machine does. */
  readonly pauses?: readonly StepPause[];
  /**
   * Cancels the run so many milliseconds after the start, or when a request arrives: SIGINT, 7.5 s later SIGTERM, 2.5 s
   * later SIGKILL (docs/design/github.md#signals-and-lost-runners).
   */
  readonly cancel?: RequestMatch | number;
}

export interface StepSignal {
  readonly afterMs?: number;
  readonly when?: RequestMatch;
  readonly signal: NodeJS.Signals;
}

export interface StepPause {
  readonly when: RequestMatch;
  readonly forMs: number;
}

/** The runner's patience after a cancel (docs/design/github.md#signals-and-lost-runners). */
const TERM_AFTER_MS = 7500;
const KILL_AFTER_MS = 2500;
/** Real time in which the clock does not move, so that a signal arrives first. */
const DELIVERY_MS = 25;
/** Longest real time until a new time is known. */
const NEWS_MS = 5;

/** Sends the requested signals; the returned function stops that, when the process has ended. */
export function sendSignals(world: World, asked: Interruptions, child: ChildProcess): () => void {
  const { clock } = world;
  const pending: (() => void)[] = [];
  const ends: (() => void)[] = [];
  let over = false;

  const send = (signal: NodeJS.Signals): void => {
    if (over) return;
    const release = clock.hold();
    setTimeout(release, DELIVERY_MS);
    child.kill(signal);
  };
  // A signal with a time arrives after the process has that time.
  const sendLater = (ms: number, signal: NodeJS.Signals, then?: () => void): void => {
    later(ms, () => {
      const release = clock.hold();
      setTimeout(() => {
        send(signal);
        then?.();
        release();
      }, NEWS_MS);
    });
  };
  const later = (ms: number, action: () => void): void => {
    if (!over) pending.push(clock.schedule(ms, action));
  };
  const once = (match: RequestMatch, action: () => void): void => {
    let seen = false;
    world.script.onRequest(match, () => {
      if (seen || over) return;
      seen = true;
      action();
    });
  };
  const insist = (): void => {
    sendLater(TERM_AFTER_MS, 'SIGTERM', () => {
      sendLater(KILL_AFTER_MS, 'SIGKILL');
    });
  };

  // Nothing reaches it until it continues; then it gets everything at once, the new time too.
  const pause = (forMs: number): void => {
    if (over) return;
    const release = clock.hold();
    child.kill('SIGSTOP');
    setTimeout(() => {
      const resume = clock.suspend(child.pid ?? -1);
      ends.push(resume);
      later(forMs, () => {
        child.kill('SIGCONT');
        resume();
      });
      release();
    }, DELIVERY_MS);
  };

  for (const { when, forMs } of asked.pauses ?? []) {
    once(when, () => {
      pause(forMs);
    });
  }
  for (const { afterMs, when, signal } of asked.signals ?? []) {
    const action = (): void => {
      if (afterMs === undefined) send(signal);
      else sendLater(afterMs, signal);
    };
    if (when === undefined) action();
    else once(when, action);
  }
  if (typeof asked.cancel === 'number') sendLater(asked.cancel, 'SIGINT', insist);
  else if (asked.cancel !== undefined) {
    once(asked.cancel, () => {
      send('SIGINT');
      insist();
    });
  }

  return () => {
    over = true;
    for (const stop of [...pending, ...ends]) stop();
  };
}
