import { nothingTaken, stateKey } from './action/state/state-key.ts';

/**
 * The bundle's entry: main and post share its chunks, and neither loads the other. `dist/main.js` and `dist/post.js`
 * call one of the two.
 */
export async function main(): Promise<void> {
  const { runMain } = await import('./main.ts');
  await runMain();
}

/**
 * The post step. It trusts what main saved and nothing else (docs/design/github.md#post-steps). Where there is nothing
 * to release it loads nothing more.
 */
export async function post(): Promise<void> {
  // What was only opened is known without reading it.
  const saved = process.env[`STATE_${stateKey}`];
  if (saved === undefined || saved === '' || saved === nothingTaken) return;
  const { runPostRelease } = await import('./post-release.ts');
  await runPostRelease();
}
