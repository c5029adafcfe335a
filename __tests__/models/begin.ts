import { never } from '../../src/aws/leases/steps/constants.ts';
import type { Holder } from '../../src/aws/leases/steps/holder.ts';
import type { RecordName } from '../../src/aws/leases/steps/records.ts';
import { isAtWork, partyOf, type Party } from './party.ts';
import type { Place } from './places.ts';
import type { Rules } from './rules.ts';
import { now, unit } from './scale.ts';
import { isSpent } from './stores.ts';
import { spent, withParty, type World } from './world.ts';

type Emit = (next: World, what: string) => void;

function enter(world: World, party: Party, place: Place, stage: 'main' | 'post' = 'main'): World {
  return withParty(world, partyOf({ ...party, stage, place, success: false, own: 'none', tried: false }));
}

export function newHolderOf(rules: Rules, party: Party): Holder {
  const { constants, options, steps } = rules;
  const { end } = options.cast[party.who] ?? { end: 0 };
  return steps.newHolder({
    constants,
    holder: rules.nameOf(party.who, party.name),
    spare: rules.spareOf(party.who, party.name),
    end: end * unit,
    spread: 0,
  });
}

/** Begins a party's work. */
export function begin(rules: Rules, world: World, party: Party, emit: Emit): void {
  const { cast } = rules.options;
  const { steps, places, constants } = rules;
  const member = cast[party.who];
  if (member === undefined) return;
  switch (member.role) {
    case 'holder':
      emit(enter(world, party, places.enter('holder', 'join', newHolderOf(rules, party))), 'begins');
      return;
    case 'permanent':
      emit(
        enter(world, party, places.enter('permanent', 'permanent', steps.newPermanent(constants, member.name, now))),
        'begins',
      );
      return;
    case 'revoke': {
      const memory = steps.newRevocation(constants, markOf(member.name));
      emit(enter(world, party, places.enter('revoke', 'revoke', memory)), 'begins');
      return;
    }
    case 'sweep':
      for (const { ended, world: told } of endedJobs(rules, world)) {
        if (ended.length === 0 && !isDue(rules, world)) continue;
        const memory = steps.newSweep(constants, markOf(member.name), ended);
        emit(enter(told, party, places.enter('sweep', 'sweep', memory)), 'begins');
      }
  }
}

function markOf(holder: string): RecordName {
  return { kind: 'mark', end: 50 * unit, holder };
}

/** True if there is access to end by time: it has no holder, and no timer is at work. Source: due.ts. */
function isDue(rules: Rules, { slots, today }: World): boolean {
  const isLive = ({ kind, end }: RecordName): boolean => kind === 'hold' && end > today * unit;
  if (slots.some(({ record }, index) => record !== null && isLive(rules.names[index] ?? noName))) return false;
  const timers = slots.flatMap(({ record }) => (record?.enabled === true ? [record] : []));
  return timers.length > 0 && timers.every((it) => today < it.fires || isSpent(it, today));
}

const noName: RecordName = { kind: 'mark', end: 0, holder: '' };

/**
 * Old holds whose jobs GitHub can report as over: those of lost runners are, another's main step can have been the last
 * of its job, and for a running job the report can be wrong.
 */
function endedJobs(
  rules: Rules,
  world: World,
): readonly { readonly ended: readonly RecordName[]; readonly world: World }[] {
  let found: { readonly ended: readonly RecordName[]; readonly world: World }[] = [{ ended: [], world }];
  rules.names.forEach(({ who, kind, end, holder }, index) => {
    const record = world.slots[index]?.record ?? null;
    if (kind !== 'hold' || end === never || record === null || record.age < rules.most.made) return;
    found = found.flatMap((it) => {
      const owner = it.world.parties[who];
      if (owner === undefined) return [it];
      const isOver = owner.stage === 'dead' || owner.stage === 'over';
      if (!isOver && owner.stage !== 'between' && it.world.left.zombie === 0) return [it];
      const stage = owner.stage === 'between' ? 'dead' : owner.stage;
      const told = withParty(it.world, partyOf({ ...owner, stage, ended: true }));
      const left = isAtWork(owner) ? spent(told.left, 'zombie') : told.left;
      const with_ = { ended: [...it.ended, { kind, end, holder }], world: { ...told, left } };
      return isOver ? [with_] : [it, with_];
    });
  });
  return found;
}

/** Begins the post step, if the runner's state has a task for it. */
export function beginPost(world: World, party: Party, emit: Emit): void {
  const { resumes } = party;
  if (resumes === null) return;
  emit(enter(world, partyOf({ ...party, resumes: null }), resumes, 'post'), 'post step begins');
}

/** Beginning of the post step of a main step with this progress in its state. */
export function resumingPlace(rules: Rules, party: Party): Place | null {
  if (party.saved === 'nothing' || party.saved === 'over') return null;
  const known = { ...newHolderOf(rules, party), progress: party.saved };
  const { to, memory } = rules.steps.resumed(known, { mono: now, date: 0 });
  return rules.places.enter('holder', to, memory);
}
