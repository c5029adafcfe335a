import type { Clock, Random } from '../clock.ts';
import type { Operation } from '../cloud.ts';
import type { Journal } from '../leases/journal.ts';
import type { CloudWithLeases } from '../leases/port.ts';
import type { Log } from '../tools.ts';
import type { Planning } from '../plan/document.ts';

/** The tools for carrying out a request. */
export interface RunTools {
  readonly cloud: CloudWithLeases;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onStarted: (operation: Operation) => void;
  readonly planning: Planning;
  /** The journal for the post step. */
  readonly journal: Journal;
}
