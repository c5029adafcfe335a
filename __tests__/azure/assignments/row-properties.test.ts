import { describe, expect, it } from '@jest/globals';
import type { Assignment, GrantProperties } from '../../../src/access/grant.ts';
import { asking, group, inScene, reader, subscription, type Scene } from '../in-process.ts';

const place = { scope: subscription(2), role: 'Reader', principalId: group(1) };
const condition = "@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'paydata'";
const grant = (properties?: GrantProperties): Assignment => ({
  kind: 'assignment',
  principal: { id: group(1), type: 'Group', name: null },
  role: { id: `/providers/Microsoft.Authorization/roleDefinitions/${reader}`, name: null },
  target: { id: subscription(2), name: null },
  ...(properties === undefined ? {} : { properties }),
});

const empty = asking([`group:${group(1)}`], [reader], [subscription(2)]);

async function standing({ cloud, budget }: Scene, of: Assignment): Promise<string> {
  const [observed] = await cloud.read([of], budget);
  return observed?.standing === 'outdated' ? `outdated ${observed.outdated.join()}` : (observed?.standing ?? '');
}

describe('the properties of a row', () => {
  it("replace the inputs' own, each grant with its own (P8)", async () => {
    const properties = { description: 'of the inputs' };
    await inScene({ properties }, async (scene) => {
      scene.world.azure.estate.add({ ...place, description: 'there', condition });
      const rows: readonly (readonly [GrantProperties, string])[] = [
        [{ description: 'there', condition }, 'current'],
        [{ description: null, condition }, 'current'],
        [{ description: 'other', condition }, 'outdated description'],
        [{ description: 'there', condition: 'other' }, 'outdated condition'],
        [{ description: 'there', condition: null }, 'conflicting'],
      ];
      for (const [own, expected] of rows) expect(await standing(scene, grant(own))).toBe(expected);
      expect(await standing(scene, grant())).toBe('conflicting');
    });
  });

  it('are set on a new assignment, which a later step with another reason leaves unchanged (P8)', async () => {
    await inScene({}, async (scene) => {
      const { cloud, budget, world } = scene;
      const one = grant({ description: 'ticket 4711', condition: null });
      await cloud.resolve({ ...empty, reason: 'first run' }, budget);
      expect(await standing(scene, one)).toBe('absent');
      await cloud.start({ kind: 'create', grant: one, seen: null }, budget);
      expect(world.azure.estate.find(place)?.description).toBe('ticket 4711');
      await cloud.resolve({ ...empty, reason: 'another run' }, budget);
      expect(await standing(scene, one)).toBe('current');
    });
  });

  it('use the reason for a row without a description (P8)', async () => {
    await inScene({}, async (scene) => {
      const { cloud, budget, world } = scene;
      const one = grant({ description: null, condition: null });
      await cloud.resolve({ ...empty, reason: 'on call' }, budget);
      await cloud.start({ kind: 'create', grant: one, seen: null }, budget);
      expect(world.azure.estate.find(place)?.description).toBe('on call');
      expect(await standing(scene, one)).toBe('current');
    });
  });
});
