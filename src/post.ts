import { nothingTaken, stateKey } from './action/state/state-key.ts';

/**
 * The post step. It trusts what main saved and nothing else (docs/design/github.md#post-steps). Where there is nothing
 * to release it loads nothing more.
 */
export async function runPost(): Promise<void> {
  // What was only opened is known without reading it.
  const saved = process.env[`STATE_${stateKey}`];
  if (saved === undefined || saved === '' || saved === nothingTaken) return;
  const { runPostRelease } = await import('./post-release.ts');
  await runPostRelease();
}
