import { never, type Constants } from './constants.ts';

/** `hold`: a holder counts. `timer`: EventBridge Scheduler ends the access. `mark`: a sweep or a revocation is at work. */
export type RecordKind = 'hold' | 'timer' | 'mark';

/** The name of a record of one grant, unique to its writer. */
export interface RecordName {
  readonly kind: RecordKind;
  /** The end of the lease, in milliseconds since the epoch, a whole minute. */
  readonly end: number;
  readonly holder: string;
}

/** A record as a list shows it. */
export interface Row extends RecordName {
  readonly enabled: boolean;
  /** Milliseconds since the epoch, by the cloud's clock. */
  readonly created: number;
  readonly modified: number;
  /**
   * The first firing of a timer, in milliseconds since the epoch; `null` where it need not be read, because its end is far:
   * it never fires before that.
   */
  readonly firesAt: number | null;
  /** True for a record that does not prove itself to be this action's: it proves nothing, and is never acted on. */
  readonly foreign: boolean;
  /** The role of a timer that is this action's except for its role; `null` for any other record. */
  readonly otherRole: string | null;
}

/** A record to be created. Timers are enabled unless they are created as disabled. */
export interface NewRecord {
  readonly name: RecordName;
  readonly enabled: boolean;
  /** The first firing of an enabled timer, in milliseconds since the epoch. */
  readonly firesAt: number;
}

export function nameOf({ kind, end, holder }: Row): RecordName {
  return { kind, end, holder };
}

export function timerOf({ end, holder }: Pick<RecordName, 'end' | 'holder'>): RecordName {
  return { kind: 'timer', end, holder };
}

export function holdOf({ end, holder }: Pick<RecordName, 'end' | 'holder'>): RecordName {
  return { kind: 'hold', end, holder };
}

/** True for a hold that counts: until its end and a margin, or forever. */
export function isLiveHold({ kind, end, foreign }: Row, date: number, { margin }: Constants): boolean {
  return kind === 'hold' && !foreign && (end === never || date < end + margin);
}

/** True for the hold of a permanent assign. */
export function isPermanentHold({ kind, end, foreign }: Row): boolean {
  return kind === 'hold' && end === never && !foreign;
}

/** True for the hold of a permanent assign that has given up, or was killed. */
export function isAbandonedPermanentHold(row: Row, date: number, { sweepAge }: Constants): boolean {
  return isPermanentHold(row) && date >= row.created + sweepAge;
}

/** True for a hold that counts and is a lease's, not a permanent assign's. */
export function isLiveLease(row: Row, date: number, constants: Constants): boolean {
  return isLiveHold(row, date, constants) && !isPermanentHold(row);
}

/** Another holder of the same grant. */
export interface OtherHolder {
  readonly holder: string;
  /** Milliseconds since the epoch. */
  readonly end: number;
}

export function asOther({ holder, end }: Row): OtherHolder {
  return { holder, end };
}

/** The phase of an enabled timer. `ahead`: not due yet. `due`: it may be firing. `spent`: it never fires again. */
type TimerPhase = 'ahead' | 'due' | 'spent';

export function isTimer({ kind, foreign }: Row): boolean {
  return kind === 'timer' && !foreign;
}

/** A timer that AWS will fire, fires, or has fired: any other is dead. */
export function isEnabledTimer(row: Row): boolean {
  return isTimer(row) && row.enabled;
}

export function phaseOf({ end, firesAt }: Row, date: number, { margin, window, fireWait }: Constants): TimerPhase {
  const fires = firesAt ?? end;
  if (date < fires - margin) return 'ahead';
  return date < fires + window + fireWait ? 'due' : 'spent';
}

/** A timer that AWS will still fire, or fires. */
export function isArmedTimer(row: Row, date: number, constants: Constants): boolean {
  return isEnabledTimer(row) && phaseOf(row, date, constants) !== 'spent';
}

/** The first firing of the last timer that has a firing left, in milliseconds since the epoch; `null` for none. */
export function lastToFire(rows: readonly Row[], date: number, { window }: Constants): number | null {
  const firings = rows.filter(isEnabledTimer).map(({ firesAt, end }) => firesAt ?? end);
  const left = firings.filter((firesAt) => date < firesAt + window);
  return left.length === 0 ? null : Math.max(...left);
}

/** A timer that never fires again. */
export function isSpentTimer(row: Row, date: number, constants: Constants): boolean {
  return isEnabledTimer(row) && phaseOf(row, date, constants) === 'spent';
}

/** True for a disabled timer that may have been firing when it was disabled, so that its call may still be under way. */
export function wasJustDisabled({ kind, enabled, end, modified }: Row, date: number, constants: Constants): boolean {
  if (kind !== 'timer' || enabled) return false;
  return modified > end - constants.margin && date < modified + constants.fireWait;
}

/** A record that is to be deleted once absence is verified. */
export interface StaleRecord {
  readonly name: RecordName;
  /**
   * Time limit of the deletion, in milliseconds since the epoch, `null` for none: a timer that is due stays, because it shows
   * others that its call may be under way.
   */
  readonly notAfter: number | null;
}

export function staleRecordOf(row: Row, date: number, constants: Constants): StaleRecord {
  const isAhead = isEnabledTimer(row) && phaseOf(row, date, constants) === 'ahead';
  return { name: nameOf(row), notAfter: isAhead ? (row.firesAt ?? row.end) - constants.margin : null };
}

/** The proof that the timers of a list give for existing access. */
export type Proof = 'armed' | 'spent' | 'none';

export function proofIn(rows: readonly Row[], date: number, constants: Constants): Proof {
  const phases = rows.filter(isEnabledTimer).map((row) => phaseOf(row, date, constants));
  if (phases.some((phase) => phase !== 'spent')) return 'armed';
  return phases.length > 0 ? 'spent' : 'none';
}

/** The time in which a creation has to lie to show that a spent timer's access is a lease. */
export interface HistorySpan {
  /** The oldest record that is still listed; milliseconds since the epoch. */
  readonly after: number;
  /** The last spent timer's first firing. */
  readonly before: number;
}

export function historySpan(rows: readonly Row[]): HistorySpan {
  const ours = rows.filter(({ foreign }) => !foreign);
  const spent = ours.filter(isEnabledTimer);
  return {
    after: Math.min(...ours.map(({ created }) => created)),
    before: Math.max(...spent.map(({ firesAt, end }) => firesAt ?? end)),
  };
}
