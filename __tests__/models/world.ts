import type { RecordName } from '../../src/aws/leases/steps/records.ts';
import { accessAt, airAt, type Access, type Air } from './access.ts';
import { noFaults, type Faults } from './options.ts';
import { partyAt, type Party } from './party.ts';
import { createPool, type Pooled } from './pool.ts';
import { slotAt, type KeptSlot } from './records.ts';

/** The whole state at one moment. */
export interface World {
  /** The unit of the date, and whether it has just begun: some time passes before the next one. */
  readonly today: number;
  readonly fresh: boolean;
  readonly access: Access;
  readonly air: Air;
  readonly slots: readonly KeptSlot[];
  readonly parties: readonly Party[];
  readonly left: Pooled<Faults>;
  /** A firing has failed: its access can outlive its timer. */
  readonly unfired: boolean;
  /** The promise that was broken on the way here. */
  readonly broken: string | null;
}

const budgets = createPool<Faults>((it) => kinds.map((kind) => it[kind]).join(' '));
const kinds = Object.keys(noFaults) as (keyof Faults)[];
export const budgetOf = (it: Faults): Pooled<Faults> => budgets.of({ ...noFaults, ...it });

export function spent(left: Pooled<Faults>, kind: keyof Faults): Pooled<Faults> {
  return budgets.of({ ...left, [kind]: left[kind] - 1 });
}

const promises: (string | null)[] = [null];

function numberOf(broken: string | null): number {
  const known = promises.indexOf(broken);
  return known >= 0 ? known : promises.push(broken) - 1;
}

const head = 5;

export function widthOf({ slots, parties }: World): number {
  return head + slots.length + parties.length;
}

export function pack(it: World, into: Int32Array, offset: number): void {
  let at = offset;
  into[at++] = it.today * 4 + (it.fresh ? 2 : 0) + (it.unfired ? 1 : 0);
  into[at++] = it.access.id;
  into[at++] = it.air.id;
  into[at++] = it.left.id;
  into[at++] = it.broken === null ? 0 : numberOf(it.broken);
  for (const { id } of it.slots) into[at++] = id;
  for (const { id } of it.parties) into[at++] = id;
}

export function unpack(from: Int32Array, offset: number, like: World): World {
  const number = (index: number): number => from[offset + index] ?? 0;
  const slotCount = like.slots.length;
  return {
    today: number(0) >> 2,
    fresh: (number(0) & 2) !== 0,
    unfired: (number(0) & 1) !== 0,
    access: accessAt(number(1)),
    air: airAt(number(2)),
    left: budgets.at(number(3)),
    broken: promises[number(4)] ?? null,
    slots: like.slots.map((_, index) => slotAt(number(head + index))),
    parties: like.parties.map((_, index) => partyAt(number(head + slotCount + index))),
  };
}

export function withSlot(it: World, index: number, slot: KeptSlot): World {
  return { ...it, slots: it.slots.with(index, slot) };
}

export function withParty(it: World, party: Party): World {
  return { ...it, parties: it.parties.with(party.who, party) };
}

/** The possible names of records, and their writers. */
export interface Name extends RecordName {
  readonly who: number;
}
