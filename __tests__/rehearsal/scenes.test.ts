import { describe, expect, it } from '@jest/globals';
import { azureLeaseScenes } from '../../rehearsal/show/azure-lease-scenes.ts';
import { leaseScenes } from '../../rehearsal/show/lease-scenes.ts';
import { makeStyle, page } from '../../rehearsal/show/page.ts';
import { pimScenes } from '../../rehearsal/show/pim-scenes.ts';
import { play } from '../../rehearsal/show/play.ts';
import type { Scene } from '../../rehearsal/show/scene.ts';
import { startWorld } from '../../rehearsal/world.ts';

interface Shown {
  readonly text: string;
  readonly faults: readonly string[];
}

async function showAll(scene: Scene): Promise<readonly Shown[]> {
  const world = await startWorld(scene.world);
  const shown: Shown[] = [];
  try {
    for await (const played of play(world, scene))
      shown.push({ text: page(played, makeStyle(false)), faults: played.faults });
  } finally {
    await world.close();
  }
  return shown;
}

describe('the scenes of leases in `npm run rehearse`', () => {
  it.each([...leaseScenes, ...azureLeaseScenes, ...pimScenes])(
    '$title: every part ends as expected, and says so',
    async (scene) => {
      const shown = await showAll(scene);
      expect(shown).toHaveLength(1 + (scene.then ?? []).length);
      expect(shown.flatMap(({ faults }) => faults)).toEqual([]);
      for (const { text } of shown) expect(text).toContain('✔ as expected');
    },
  );

  it('tell what is not as expected: exit code, output, changes, access', async () => {
    const [scene] = leaseScenes;
    if (scene === undefined) throw new TypeError('there is no scene');
    const wrong = { exitCode: 1, outputs: { status: 'FAILED' }, changes: 2, access: 'gone' } as const;
    const [first] = await showAll({ ...scene, expected: wrong, then: [] });
    expect(first?.faults).toEqual([
      'exit code 0 instead of 1',
      'output status is "SUCCEEDED" instead of FAILED',
      '1 changes in the cloud instead of 2',
      'the access is there instead of gone',
    ]);
    expect(first?.text).toContain('✘ not as expected');
  });
});
