import { stateKey } from './action/state/state-key.ts';

/** What main's first act leaves behind, and nothing more where it took no lease: known without reading it. */
const nothingTaken = '{"version":2}';

/**
 * The post step. It trusts what main saved and nothing else. Where there is nothing to give back it loads nothing more.
 */
export async function runPost(): Promise<void> {
  const saved = process.env[`STATE_${stateKey}`];
  if (saved === undefined || saved === '' || saved === nothingTaken) return;
  const { runGivingBack } = await import('./giving-back.ts');
  await runGivingBack();
}
