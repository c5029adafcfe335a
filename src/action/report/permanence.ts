import type { Result } from '#access/outcome';
import type { AnyRequest } from '#access/request';

/** What a person should know who gave no lifetime, `null` where one was given, or nothing came of the step. */
export function unsaidPermanence(request: AnyRequest, results: readonly Result[]): string | null {
  if (request.operation !== 'assign') return null;
  const { lifetime, dryRun } = request;
  if (lifetime.kind !== 'permanent' || lifetime.isUnsaid !== true) return null;
  if (results.every(({ outcome }) => outcome.status === 'FAILED')) return null;
  const what = `The step gives no lifetime: the access ${dryRun ? 'would be' : 'is'} permanent, and nothing ends it but a revoke.`;
  return `${what} lifetime: 2h would end it after two hours; lifetime: permanent says that it is meant, and silences this.`;
}
