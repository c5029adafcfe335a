import type { Fault } from '#access/errors';
import { isEventName } from '#access/inputs';
import type { RunEvent } from '../github/event.ts';

/**
 * Events whose direct cause needs write access to the repository, as `pull_request` does where its head is there. Apps
 * create a `deployment` for the pull request of a fork. Source of those that strangers cause: github/codeql,
 * actions/ql/lib/ext/config/externally_triggereable_events.yml.
 */
const trustedEvents: readonly string[] = [
  'workflow_dispatch',
  'schedule',
  'push',
  'merge_group',
  'repository_dispatch',
  'release',
];

const safeWay =
  'Start the workflow by workflow_dispatch or schedule, and let the job run in an environment with required reviewers.';

/** An event that may have been caused without write access is refused unless it is named (P10). */
export function eventFaults({ name, onRunner, head }: RunEvent, allowed: readonly string[]): readonly Fault[] {
  if (name === '') return onRunner ? [unnamed] : [];
  if (trustedEvents.includes(name) || (name === 'pull_request' && head === 'here') || allowed.includes(name)) return [];
  const which = name === 'pull_request' ? 'a pull request whose head is not known to be in this repository' : name;
  const problem = `does not name ${name}, and ${which} started this workflow: its direct cause does not always need write access to this repository`;
  const ifMeant = isEventName(name)
    ? `Only if all who can cause ${name} may cause this change, write allow-event: ${name}`
    : 'No event of GitHub has such a name.';
  return [{ input: 'allow-event', problem, example: { advice: `${safeWay} ${ifMeant}` } }];
}

const unnamed: Fault = {
  input: 'allow-event',
  problem: 'cannot name the event that started this workflow, since GITHUB_EVENT_NAME is empty',
  example: { advice: `Leave that variable as the runner sets it. ${safeWay}` },
};

/** With certificate checks off anybody on the way reads the credentials. */
export function tlsFaults(variables: ReadonlyMap<string, string>): readonly Fault[] {
  if (variables.get('NODE_TLS_REJECT_UNAUTHORIZED') !== '0') return [];
  const advice = 'Unset it, and name a private CA in NODE_EXTRA_CA_CERTS.';
  const problem = 'is 0, which switches certificate checks off';
  return [{ input: 'NODE_TLS_REJECT_UNAUTHORIZED', problem, example: { advice } }];
}
