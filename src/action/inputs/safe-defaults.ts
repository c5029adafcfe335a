import type { Fault } from '#access/errors';
import { isEventName } from '#access/inputs';
import {
  allowEvent,
  certificateChecksOff,
  eventNotAllowed,
  leaveEventVariable,
  nameOwnAuthority,
  noSuchEvent,
  pullRequestNotAllowed,
  unnamedEvent,
} from '../messages/surroundings.ts';
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

/** An event that may have been caused without write access is refused unless it is named (P10). */
export function eventFaults({ name, onRunner, head }: RunEvent, allowed: readonly string[]): readonly Fault[] {
  if (name === '') return onRunner ? [unnamed] : [];
  if (trustedEvents.includes(name) || (name === 'pull_request' && head === 'here') || allowed.includes(name)) return [];
  const problem = name === 'pull_request' ? pullRequestNotAllowed : eventNotAllowed(name);
  const advice = isEventName(name) ? allowEvent(name) : noSuchEvent;
  return [{ input: 'allow-event', problem, example: { advice } }];
}

const unnamed: Fault = {
  input: 'allow-event',
  problem: unnamedEvent,
  example: { advice: leaveEventVariable },
};

/** Without certificate checks, anyone between the runner and the cloud can read the credentials. */
export function tlsFaults(variables: ReadonlyMap<string, string>): readonly Fault[] {
  if (variables.get('NODE_TLS_REJECT_UNAUTHORIZED') !== '0') return [];
  const input = 'NODE_TLS_REJECT_UNAUTHORIZED';
  return [{ input, problem: certificateChecksOff, example: { advice: nameOwnAuthority } }];
}
