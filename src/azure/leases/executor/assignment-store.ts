import type { RoleAssignment } from '@azure/arm-authorization';
import type { Budget } from '#access/clock';
import type { Operation } from '#access/cloud';
import { Refusal } from '#access/errors';
import { goneMeanwhile } from '#access/messages/leases';
import { assignmentActions, type AssignmentWrites } from '../../assignments/assignment-writes.ts';
import { lastSegment, idAt } from '../../resolve/ids.ts';
import { bodyFor, compare } from '../../assignments/properties.ts';
import type { AssignmentProperties } from '../../settings.ts';
import { createReader, nameOf, type Reader, type ReaderTools } from './reading.ts';
import { recordIn, longestDescription, writeRecord } from '../records/record-text.ts';
import { createSender, type SenderTools } from './sending.ts';
import { isFound, type Answer, type Ask } from '../steps/asks.ts';
import type { Entry } from '../steps/entries.ts';
import { createWriteTurn } from './write-turn.ts';
import { carriedOut, overtaken, tooManyHolders } from '../../messages/leases.ts';

/** The role assignment of one grant, with the record in its description. */
export interface AssignmentStore extends Reader {
  create(ask: Extract<Ask, { readonly do: 'create' }>): Promise<Answer>;
  write(ask: Extract<Ask, { readonly do: 'write' }>): Promise<Answer>;
  delete(ask: Extract<Ask, { readonly do: 'delete' }>): Promise<Answer>;
  /** Called when nothing more will be written. */
  close(): void;
  /** The latest change of this step. */
  readonly operation: () => Operation | null;
  /** True if the latest request for a change was sent, and its answer was lost. */
  readonly isLost: () => boolean;
}

export interface AssignmentTools extends ReaderTools, SenderTools {
  readonly writes: AssignmentWrites;
  /** The text of a new assignment's description. */
  readonly text: string;
  readonly freshName: () => string;
  readonly holderInWords: (holder: string) => string;
}

/** No properties. */
const unasked: AssignmentProperties = {
  name: null,
  condition: null,
  description: null,
  delegatedManagedIdentityResourceId: null,
};

export function createAssignmentStore(tools: AssignmentTools): AssignmentStore {
  const { applying, grant, date, writes, asked, text, freshName } = tools;
  let operation: Operation | null = null;
  const turn = createWriteTurn(tools.takeTurns);
  const reader = createReader(tools, turn);
  const { send, conflictSeen, isLost } = createSender(tools, turn);

  const description = (before: string, entries: readonly Entry[] | null, name: string): string => {
    if (entries === null) return before;
    const place = { scope: grant.target.id, role: lastSegment(grant.role.id), principal: grant.principal.id, name };
    const written = writeRecord(before, entries, place);
    if (written.length > longestDescription) throw tooManyHolders(entries.length);
    return written;
  };
  const put = async (
    name: string,
    before: RoleAssignment | null,
    properties: AssignmentProperties,
    budget: Budget,
  ): Promise<Answer> => {
    const body = bodyFor(grant, properties, before);
    const { body: made, requestId } = await writes.put(grant, name, body, budget);
    begun('create', assignmentActions.write, requestId, made.id ?? idAt(grant.target.id, 'roleAssignments', name));
    return { is: 'done' };
  };
  const begun = (kind: 'create' | 'remove', call: string, requestId: string, assignmentId: string): void => {
    const change = { kind, grant, seen: null } as const;
    operation = { state: 'SUCCEEDED', change, requestId, call, assignmentId };
    applying.onStarted(operation);
    applying.log.info(carriedOut(call, requestId));
  };

  return {
    ...reader,
    async get(ask) {
      const answer = await reader.get(ask);
      if (answer !== null && isFound(answer) && answer.is !== 'none') conflictSeen();
      return answer;
    },
    create: ({ entries, notAfter }) =>
      send('create', notAfter, (budget) => {
        // A new assignment needs the requested properties, or it might grant more than was leased.
        if (asked === null) throw goneMeanwhile();
        const name = freshName();
        return put(name, null, { ...asked, description: description(text, entries, name) }, budget);
      }),
    write: ({ name, entries, notAfter }) =>
      send('write', notAfter, (budget) => {
        const seen = reader.seen();
        if (seen?.described.is !== 'record' || nameOf(seen.row) !== name)
          throw new TypeError('a write rests on a read');
        const { row, described } = seen;
        if (entries !== null)
          return put(name, row, { ...unasked, description: description(described.text, entries, name) }, budget);
        // Permanent access gets the requested properties.
        const properties = { ...(asked ?? unasked), description: asked?.description ?? described.text };
        const observed = compare({ ...row, description: described.text }, properties);
        if (observed.standing === 'conflicting') throw new Refusal(observed.reason, observed.hint);
        return put(name, row, properties, budget);
      }),
    delete: ({ name, notAfter }) =>
      send('delete', notAfter, async (budget) => {
        const { body, requestId } = await writes.remove(grant, name, budget);
        if (body === null) return { is: 'deleted', entries: null };
        begun('remove', assignmentActions.delete, requestId, body.id ?? '');
        const described = recordIn(body, date());
        const entries = described.is === 'record' ? described.entries : [];
        const seen = reader.seen();
        const known = seen?.described.is === 'record' ? seen.described.entries : [];
        const unseen = entries.filter(({ holder }) => !known.some((it) => it.holder === holder));
        const names = (those: readonly Entry[]): string =>
          those.map(({ holder }) => tools.holderInWords(holder)).join(', ');
        // An assumption was broken. The entry is not put back: a holder that is not green yet detects the loss itself.
        // Source: docs/design/leases.md#no-put-back-on-azure.
        if (unseen.length > 0) applying.log.warning(overtaken(names(known), names(unseen)));
        return { is: 'deleted', entries };
      }),
    close: turn.drop,
    operation: () => operation,
    isLost,
  };
}
