import { stateKey } from './action/state-key.ts';

/**
 * The post step. It trusts what main saved and nothing else. What this version grants is permanent, so there is never
 * anything to take back; it only says so when a newer version's state reaches it.
 */
export function runPost(): void {
  const saved = process.env[`STATE_${stateKey}`];
  if (saved === undefined || saved === '') return;
  if (versionOf(saved) === 1) return;
  process.stdout.write(
    '::error title=cloud-access::The saved state is of a version that this post step does not know: nothing was taken back. Pin main and post to one version of the action.\n',
  );
  process.exitCode = 1;
}

function versionOf(saved: string): unknown {
  try {
    return (JSON.parse(saved) as { readonly version?: unknown }).version;
  } catch {
    return undefined;
  }
}
