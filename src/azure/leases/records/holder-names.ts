import { toBase32Hex } from '#access/leases/names';
import type { JobName, Origin } from '#access/leases/liveness';

/** Five random bytes are eight characters. */
const randomByteCount = 5;

/** Placeholder of an unknown number. */
const unknown = '0';

/**
 * The name of one step run as a holder: `<repository id>.<run id>.<attempt>.<check run id>.<8 random characters>`, numbers in
 * base 36. This is short enough for a description, and a sweep can ask GitHub by these numbers whether the job has ended.
 */
export function newHolderName(
  { repositoryId, runId, attempt, checkRunId }: Origin,
  randomBytes: (count: number) => Uint8Array,
): string {
  const numbers = [repositoryId, runId, attempt, checkRunId ?? ''].map(inBase36);
  return [...numbers, toBase32Hex(randomBytes(randomByteCount))].join('.');
}

/** Job of a holder. Only the name of this step's own repository is known. */
export function jobOf(holder: string, { repositoryId, repository }: Origin): JobName {
  const [owner = unknown, runId = unknown, attempt = unknown, checkRunId = unknown] = holder.split('.').map(inDecimal);
  return {
    repository: owner !== unknown && owner === repositoryId ? repository : `repository ${owner}`,
    runId,
    attempt,
    checkRunId: checkRunId === unknown ? null : checkRunId,
  };
}

/** The same for a person: `octo/shop run 123 (job 456)`. */
export function holderInWords(holder: string, origin: Origin): string {
  const { repository, runId, checkRunId } = jobOf(holder, origin);
  return `${repository} run ${runId}${checkRunId === null ? '' : ` (job ${checkRunId})`}`;
}

function inBase36(number: string): string {
  return /^[1-9]\d{0,15}$/u.test(number) ? BigInt(number).toString(36) : unknown;
}

/** Digits of base 36 that exceed the safe integers are unknown. */
function inDecimal(text: string): string {
  const value = Number.parseInt(text, 36);
  return Number.isSafeInteger(value) ? String(value) : unknown;
}
