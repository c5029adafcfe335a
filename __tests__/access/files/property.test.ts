import { describe, expect, test } from '@jest/globals';
import { Refusal } from '../../../src/access/errors.ts';
import type { PlanDocument } from '../../../src/access/plan/document.ts';
import { pick, seeds } from '../engine/seeded.ts';
import { started } from './rig.ts';
import { changesIn, judge, makeAsked, makeWorld, meddle, requestOf, type Asked, type World } from './worlds.ts';

async function reconcile(world: World, asked: Asked): Promise<'done' | 'refused'> {
  const done = await world.run(requestOf(asked, world.clock.now())).catch((error: unknown) => {
    if (error instanceof Refusal) return null;
    throw error;
  });
  if (done === null) return 'refused';
  expect(done.results.filter(({ outcome }) => outcome.status !== 'SUCCEEDED')).toEqual([]);
  return 'done';
}

const inShort = (key: string): string => key.replace('assignment GROUP ', '');

describe('reconcile with any files, estates and histories', () => {
  test.each(seeds(80))(
    'ends as an oracle of its own says, and a second run changes nothing (seed %d) (P11)',
    async (seed) => {
      const world = makeWorld(seed);
      for (let turn = 0; turn < 4; turn += 1) {
        const asked = makeAsked(world.random);
        const verdict = judge(asked, world);
        const before = world.truth();
        const leased = new Set(world.access.leased);
        const begun = changesIn(world).length;
        const ended = await reconcile(world, asked);
        expect(ended).toBe(verdict.isRefused ? 'refused' : 'done');
        if (ended === 'refused') {
          expect(world.truth()).toEqual(before);
          expect(changesIn(world)).toHaveLength(begun);
          expect(world.access.leased).toEqual(leased);
        } else {
          expect(world.truth()).toEqual(verdict.there);
          expect([...world.access.leased]).toEqual([...leased].filter((key) => !verdict.made.includes(key)));
          const removals = started(world).slice(-verdict.removed.length || Infinity);
          expect(removals.toSorted()).toEqual(verdict.removed.map((key) => `remove ${inShort(key)}`).toSorted());
          const made = changesIn(world).length;
          expect(await reconcile(world, asked)).toBe('done');
          expect(changesIn(world)).toHaveLength(made);
        }
        meddle(world, turn);
      }
    },
  );

  test.each(seeds(60))('makes exactly the changes of the reviewed plan (seed %d) (P10, P11)', async (seed) => {
    const world = makeWorld(seed);
    const asked = makeAsked(world.random);
    const request = requestOf({ ...asked, most: null, prune: 'revoke' }, world.clock.now());
    const plan = await world.plan(request);
    const expected = pick(world.random, [
      { kind: 'digest', digest: plan.digest },
      { kind: 'document', path: 'plan.json', document: plan },
    ] as const);
    // On every other seed, a person changed the estate in between.
    if (seed % 2 === 0) meddle(world, 0);
    const now = await world.plan(request);
    const begun = started(world).length;
    const ended = await world.run(request, { planning: { wanted: true, expected } }).catch((error: unknown) => error);
    if (ended instanceof Error) {
      expect(ended).toBeInstanceOf(Refusal);
      expect(now.digest).not.toBe(plan.digest);
      expect(changesIn(world)).toHaveLength(begun);
      return;
    }
    expect(textsOf(now).filter((it) => !textsOf(plan).includes(it))).toEqual([]);
    const made = [...started(world), ...world.access.madePermanent.map((key) => `create ${inShort(key)}`)];
    expect(made.toSorted()).toEqual([...textsOf(now)].toSorted());
  });
});

function textsOf({ changes }: PlanDocument): readonly string[] {
  return changes.map((it) => `${it.action} ${it['principal-id']} ${it['role-id']} ${it['target-id']}`);
}
