import { describe, expect, it } from '@jest/globals';
import { azureStart } from './azure-lease-support.ts';
import { inPim, lastRequest, leasedSchedule, postByPim, takeByPim } from './azure-pim-support.ts';
import { onCallBlobReader } from './azure-support.ts';
import { hour, minute } from './lease-support.ts';
import { errors } from './support.ts';

describe('an access of Privileged Identity Management whose justification was copied from another grant (P3)', () => {
  it('is not a lease: it is used, and never ended', () =>
    inPim({}, async (world) => {
      await takeByPim(world);
      const copied = (lastRequest(world).justification ?? '').replace(
        /lease v1 [0-9a-v]{12}/u,
        'lease v1 000000000000',
      );
      world.azure.pim.remove(onCallBlobReader);
      const endAt = azureStart + 3 * hour;
      world.azure.pim.add({ ...onCallBlobReader, endAt, justification: copied });
      const main = await takeByPim(world);
      await world.clock.advance(6 * minute);
      const ended = await postByPim(world, main);
      expect([errors(ended), ended.exitCode, leasedSchedule(world)?.endAt]).toEqual(['', 0, endAt]);
    }));
});
