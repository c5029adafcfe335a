import { describe, expect, it } from '@jest/globals';
import { aws, azure, clouds } from './clouds.ts';
import { inWorld, describeSignals } from './support.ts';

describeSignals('a step that is killed', () => {
  it.each(clouds)('has saved its state before its first request (%s) (P4)', async (_, cloud) => {
    await inWorld(cloud.world, async (world) => {
      const signals = [{ when: { nth: 1 }, signal: 'SIGKILL' as const }];
      const killed = await cloud.step(world, cloud.byIds, { signals });
      expect(killed.signal).toBe('SIGKILL');
      expect(killed.requests).toHaveLength(1);
      expect(JSON.parse(killed.state['cloud-access'] ?? '')).toMatchObject({ version: 2 });
    });
  });

  describe.each(clouds)('%s (P4)', (_, cloud) => {
    it('has written the request ID of the change in progress, and a re-run finishes it', async () => {
      await inWorld({ ...cloud.world, ...cloud.slow }, async (world) => {
        const when = { ...cloud.asking, nth: 4 };
        const killed = await cloud.step(world, cloud.byIds, { signals: [{ when, signal: 'SIGKILL' }] });
        expect(killed.signal).toBe('SIGKILL');
        expect(killed.outputs['status']).toBe('IN_PROGRESS');
        expect(killed.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
        expect(killed.outputs['request-id']).toBe(cloud.requestId(world, killed));
        const again = await cloud.step(world, cloud.byIds);
        expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', changed: 'true' });
        expect(cloud.has(world)).toBe(true);
        expect(cloud.changes(world)).toBe(1);
      });
    });
  });

  it('AWS: a re-run adopts the same operation', async () => {
    await inWorld({ ...aws.world, ...aws.slow }, async (world) => {
      const killed = await aws.step(world, aws.byIds, { signals: [{ when: aws.asking, signal: 'SIGKILL' }] });
      const again = await aws.step(world, aws.byIds);
      expect(again.outputs['request-id']).toBe(killed.outputs['request-id']);
    });
  });

  it('Azure: the ID of the assignment is written too, and it is the existing one (P4)', async () => {
    await inWorld({ ...azure.world, ...azure.slow }, async (world) => {
      const killed = await azure.step(world, azure.byIds, { signals: [{ when: azure.asking, signal: 'SIGKILL' }] });
      const [made] = world.azure.estate.effectiveChanges();
      expect(killed.outputs['assignment-id']).toBe(made?.id);
    });
  });
});
