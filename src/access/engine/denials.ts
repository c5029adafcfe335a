import type { Clock } from '../clock.ts';
import { CloudError, type Failure } from '../errors.ts';
import { isEnding, type Credential } from './credential.ts';

/** A request of a step, as far as it matters to a denial. */
interface Asked<K> {
  readonly operation: string;
  readonly credential?: Credential<K> | undefined;
}

/**
 * Until when a step that ends access asks again what was denied to it: a right may be on its way, or a proxy may have
 * answered in the cloud's place. It asks as long as it signs in (P13).
 */
interface Denials {
  /** The same error, or one that passes while it is time to ask again. */
  judge<K>(asked: Asked<K>, error: unknown): unknown;
  /** It was answered well: the next denial is the first again. */
  forget(operation: string): void;
}

export function createDenials(clock: Clock): Denials {
  // By operation: budgets come and go.
  const ends = new Map<string, number>();
  return {
    judge({ operation, credential }, error) {
      if (!(error instanceof CloudError) || !isBearable(error.failure) || !isEnding(credential)) return error;
      const until = ends.get(operation) ?? credential.goesOnUntil();
      ends.set(operation, until);
      return clock.now() < until ? new CloudError({ ...error.failure, kind: 'replicating' }) : error;
    },
    forget(operation) {
      ends.delete(operation);
    },
  };
}

/** A denial, or a page that is none of the cloud's answers: nothing was carried out. */
function isBearable({ kind, code }: Failure): boolean {
  return kind === 'denied' || /^HTTP [34]\d\d$/u.test(code);
}
