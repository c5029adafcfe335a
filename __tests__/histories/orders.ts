import { launch } from './launch.ts';
import { afterRevokeMs } from './check.ts';
import type { Order } from './plan.ts';
import { newRun } from './runs.ts';
import type { HistoryContext } from './context.ts';

/** A step that makes a grant permanent, or revokes it, overrides all leases of it. */
export async function playOrder(context: HistoryContext, { kind, name, grant, trouble, skewMs }: Order): Promise<void> {
  const { world, side, watch, revoking } = context;
  const order = async (): Promise<void> => {
    const inputs = { ...side.inputs.grants(context, [grant]), timeout: '10m' };
    await launch(context, newRun(context, name), kind, [grant], trouble, {
      inputs: kind === 'revoke' ? { ...inputs, operation: 'revoke' } : inputs,
      skewMs,
    });
  };
  if (kind === 'permanent') {
    watch.notOurs.add(grant);
    context.unclearFrom[grant] ??= world.now();
    return order();
  }
  revoking.push(grant);
  for (const one of watch.entitled) if (one.grant === grant) watch.entitled.delete(one);
  await order();
  await world.clock.sleep(afterRevokeMs);
  revoking.splice(revoking.indexOf(grant), 1);
}
