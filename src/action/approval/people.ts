import type { Budget } from '#access/clock';
import { InputFaults, Refusal } from '#access/errors';
import { readPeople, type People } from '#access/files/people';
import type { Line } from '#access/request';
import { readFileAt } from '../github/file-at.ts';
import type { Repository } from '../github/repository.ts';
import type { User } from '../github/users.ts';
import { personOf, type VerifiedRun } from '../github/verified-run.ts';
import type { PeopleInputs } from '../inputs/people-inputs.ts';
import * as messages from '../messages/people.ts';

/** Reads people-file as it is at the commit of the run: an earlier step can have changed the workspace. */
export async function peopleOf(
  { path, grammar, clouds }: PeopleInputs,
  { sha }: VerifiedRun,
  repository: Repository,
  budget: Budget,
): Promise<People> {
  const bytes = await readFileAt(path, sha, repository, budget);
  const { people, faults } = readPeople({ path, bytes }, grammar, clouds);
  if (faults.length > 0) throw new InputFaults(faults);
  return people;
}

/** The person who started the run, with their principal. */
export function requesterOf(
  run: VerifiedRun,
  people: People,
  { path, grammar }: PeopleInputs,
): { readonly user: User; readonly line: Line } {
  if (run.event !== 'workflow_dispatch') throw new Refusal(messages.notDispatched(run.event), messages.dispatch);
  const user = personOf(run);
  const { id, login } = user;
  const { cloud, examples } = grammar;
  const line = people.get(id);
  if (line != null) return { user, line };
  const problem = line === null ? messages.noLineOf(login, id, path, cloud) : messages.noRowOf(login, id, path);
  throw new Refusal(problem, messages.addRow(id, cloud, examples.principal));
}
