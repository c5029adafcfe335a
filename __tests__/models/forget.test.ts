import { describe, expect, it } from '@jest/globals';
import { explore } from './explorer.ts';
import { modelOf } from './model.ts';
import { partyOf, type Party } from './party.ts';
import type { Place } from './places.ts';
import { rulesOf, type Rules } from './rules.ts';
import * as shipped from './shipped.ts';
import { world, type Setting } from './worlds.ts';
import type { World } from './world.ts';

/** The same state in a world that forgets. */
function forgotten(rules: Rules, it: World): World {
  const place = (was: Place | null): Place | null =>
    was === null ? null : rules.places.enter(was.role, was.at, was.memory);
  const party = (was: Party): Party => partyOf({ ...was, place: place(was.place), resumes: place(was.resumes) });
  return { ...it, parties: it.parties.map(party) };
}

/** The result of an exploration that forgets nothing, without the forgotten parts. */
function remembered(setting: Setting): { readonly states: number; readonly different: number } {
  const forgetting = rulesOf(world(setting), shipped);
  const model = modelOf(rulesOf(world({ ...setting, remembers: true }), shipped));
  const packed = new Int32Array(model.width);
  const different = new Set<string>();
  const { states } = explore(
    {
      ...model,
      fault: (state) => {
        model.pack(forgotten(forgetting, state), packed, 0);
        different.add(packed.join(' '));
        return model.fault(state);
      },
    },
    { states: 1_000_000, goOn: false },
  );
  return { states, different: different.size };
}

describe('the parts that a state forgets', () => {
  it.each<[string, Setting]>([
    ['one holder', { ends: [1], faults: { crash: 1, cancel: 1, lost: 1, refuse: 1 } }],
    ['one holder and permanent access', { ends: [1], permanent: true, faults: { crash: 1, cancel: 1 } }],
    ['one holder and sweep', { ends: [1], others: ['sweep'], faults: { pause: 0, crash: 1, refuse: 1 } }],
    ['one holder and a permanent assign', { ends: [1], others: ['permanent'], names: 2, faults: { pause: 0 } }],
    ['one holder and a revocation', { ends: [1], others: ['revoke'], faults: { pause: 0 } }],
    ['two holders', { ends: [1, 2], faults: { pause: 0 } }],
  ])('have no effect on the next states: %s', (_, setting) => {
    const { states } = explore(modelOf(rulesOf(world(setting), shipped)), { states: 1_000_000, goOn: false });
    const all = remembered(setting);
    expect(all.different).toBe(states);
    expect(all.states).toBeGreaterThan(states);
  });
});
