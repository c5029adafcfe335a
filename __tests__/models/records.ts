import type { RecordName, Row } from '../../src/aws/leases/steps/records.ts';
import { createPool, type Pooled } from './pool.ts';
import { older, tick, unit } from './scale.ts';

/** A record of the grant as the Scheduler keeps it. */
export interface Kept {
  readonly enabled: boolean;
  /** The unit of its first firing, 0 for a record that never fires. */
  readonly fires: number;
  /** Ticks since its creation, as far as they matter. */
  readonly age: number;
  /** Last change of a disabled timer, while that matters: the unit, and ticks since. */
  readonly changed: { readonly unit: number; readonly age: number } | null;
  /** Its firing of this unit has begun. */
  readonly begun: boolean;
  /** The unit of the first creation that succeeded after it was made, and was not undone since; -1 for none. */
  readonly proves: number;
}

export type Record = Pooled<Kept>;

const records = createPool<Kept>(
  ({ enabled, fires, age, changed, begun, proves }) =>
    `${enabled} ${fires} ${age} ${changed === null ? '' : `${changed.unit}/${changed.age}`} ${begun} ${proves}`,
);

export const recordOf = (it: Kept): Record => records.of(it);

/** State under one name: nothing, or a record; and the states that lagging lists can show instead. */
export interface Slot {
  readonly record: Record | null;
  readonly before: readonly (Record | null)[];
}

export type KeptSlot = Pooled<Slot>;

const idOf = (it: Record | null): number => it?.id ?? -1;
const slots = createPool<Slot>(({ record, before }) => `${idOf(record)} ${before.map(idOf).join(' ')}`);

export const slotOf = (it: Slot): KeptSlot => slots.of(it);
export const slotAt = (id: number): KeptSlot => slots.at(id);
export const emptySlot = slotOf({ record: null, before: [] });

/** Puts another record in its place; lagging lists can show the earlier one. */
export function replaced(slot: Slot, record: Record | null, lags: boolean): KeptSlot {
  return slotOf({ record, before: lags ? others(record, [...slot.before, slot.record]) : [] });
}

/** States that lists can show instead, each once, and in one order: states that differ in nothing else are one. */
function others(record: Record | null, before: readonly (Record | null)[]): readonly (Record | null)[] {
  return [...new Set(before)].filter((it) => it !== record).sort((a, b) => idOf(a) - idOf(b));
}

/** The largest ages that matter. */
export interface Ages {
  readonly made: number;
  readonly changed: number;
}

/** Some ticks later: lists show no earlier states any more. */
export function aged({ record }: Slot, ticks: number, most: Ages): KeptSlot {
  return slotOf({ record: record === null ? null : agedRecord(record, ticks, most), before: [] });
}

function agedRecord(record: Record, ticks: number, most: Ages): Record {
  const changed =
    record.changed === null || record.changed.age + ticks >= most.changed
      ? null
      : { unit: record.changed.unit, age: record.changed.age + ticks };
  return recordOf({ ...record, age: older(record.age, ticks, most.made), changed });
}

/** Changes the state, and the states that lists can still show, in the same way. */
export function mapped({ record, before }: Slot, change: (it: Record) => Record): KeptSlot {
  const changed = (it: Record | null): Record | null => (it === null ? null : change(it));
  return slotOf({ record: changed(record), before: others(changed(record), before.map(changed)) });
}

/** A record in a list: its name, and whether its firing time was requested. */
export interface Listed {
  readonly slot: number;
  readonly record: Record;
  readonly asked: boolean;
}

/** Rows of a list at some moment. */
export interface View {
  readonly listed: readonly Listed[];
  readonly rows: readonly Row[];
  /** Milliseconds since the epoch, as the model counts them. */
  readonly date: number;
}

export type KeptView = Pooled<View>;

/** Possible lists of one world: in another the same slots have other names. */
export interface Views {
  of(listed: readonly Listed[], today: Today): KeptView;
  /** The same list with a later history. */
  reviewed(view: View, change: (it: Record) => Record): KeptView;
}

/** The model's time: the unit, and whether it has just begun. */
export interface Today {
  readonly unit: number;
  readonly fresh: boolean;
}

export function createViews(names: readonly RecordName[], most: Ages): Views {
  const views = createPool<View>(
    ({ listed, date }) =>
      `${date} ${listed.map(({ slot, record, asked }) => `${slot} ${record.id} ${asked}`).join(',')}`,
  );
  return {
    of: (listed, today) => views.of(viewOf(listed, names, today, most)),
    reviewed: ({ listed, rows, date }, change) =>
      views.of({ listed: listed.map((it) => ({ ...it, record: change(it.record) })), rows, date }),
  };
}

/**
 * Rows as of now. Where the unit has just begun, changes in it are younger than the unit, and changes before are older.
 */
function viewOf(listed: readonly Listed[], names: readonly RecordName[], today: Today, most: Ages): View {
  const young = listed.flatMap(({ record: { changed } }) => (changed?.unit === today.unit ? [changed.age] : []));
  const into = today.fresh ? Math.max(0, ...young) : Math.max(most.made, most.changed);
  const begun = today.unit * unit;
  const date = begun + 1 + into * tick;
  const changedAt = (it: NonNullable<Kept['changed']>): number =>
    it.unit === today.unit ? date - it.age * tick : Math.min(date - it.age * tick, begun);
  const rowOf = ({ slot, record, asked }: Listed): Row => {
    const name = names[slot];
    if (name === undefined) throw new RangeError(`there is no name ${slot}`);
    return {
      ...name,
      enabled: record.enabled,
      created: record.age >= most.made ? 1 : date - record.age * tick,
      modified: record.changed === null ? 1 : changedAt(record.changed),
      firesAt: asked ? record.fires * unit : null,
      foreign: false,
      otherRole: null,
    };
  };
  return { listed, rows: listed.map(rowOf), date };
}
