import { expect, it } from '@jest/globals';
import { byIds, inWorld, onCallAssignment, step, describeSignals } from './support.ts';

describeSignals('a step that is killed', () => {
  it('has saved its state before its first request', async () => {
    await inWorld({}, async (world) => {
      const killed = await step(world, byIds, { signals: [{ when: { nth: 1 }, signal: 'SIGKILL' }] });
      expect(killed.signal).toBe('SIGKILL');
      expect(JSON.parse(killed.state['cloud-access'] ?? '')).toMatchObject({ version: 1 });
    });
  });

  it('has left behind the request id of what is in progress, and a re-run finishes it', async () => {
    await inWorld({ operations: { durationMs: 30_000 } }, async (world) => {
      const when = { operation: 'DescribeAccountAssignmentCreationStatus', nth: 2 };
      const killed = await step(world, byIds, { signals: [{ when, signal: 'SIGKILL' }] });
      expect(killed.signal).toBe('SIGKILL');
      expect(killed.outputs['status']).toBe('IN_PROGRESS');
      expect(killed.outputs['request-id']).toMatch(/^[0-9a-f-]{36}$/u);
      const again = await step(world, byIds);
      expect(again.outputs).toMatchObject({ status: 'SUCCEEDED', 'request-id': killed.outputs['request-id'] });
      expect(world.estate.has(onCallAssignment)).toBe(true);
      expect(world.estate.effectiveChanges()).toHaveLength(1);
    });
  });
});
