import type { Fault } from '../../access/errors.ts';
import { untrustedEvents } from '../../access/inputs.ts';

/** Events that run with the repository's rights on somebody else's content are refused unless named (P10). */
export function eventFaults(event: string, allowed: readonly string[]): readonly Fault[] {
  const untrusted: readonly string[] = untrustedEvents;
  if (!untrusted.includes(event) || allowed.includes(event)) return [];
  const problem = `does not name ${event}, and this workflow was started by it: somebody outside may have caused it`;
  return [{ input: 'allow-event', problem, example: event }];
}

/** With certificate checks off anybody on the way reads the credentials. */
export function tlsFaults(variables: ReadonlyMap<string, string>): readonly Fault[] {
  if (variables.get('NODE_TLS_REJECT_UNAUTHORIZED') !== '0') return [];
  const advice = 'Unset it, and name a private CA in NODE_EXTRA_CA_CERTS.';
  const problem = 'is 0, which switches certificate checks off';
  return [{ input: 'NODE_TLS_REJECT_UNAUTHORIZED', problem, example: { advice } }];
}
