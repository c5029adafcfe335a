import { randomBytes, randomUUID } from 'node:crypto';

import type { OpenEntry, OpenJournal } from '../../journal.ts';
import type { Cloud } from '../cloud.ts';
import { callerOf, type Caller } from '../credentials.ts';
import { Refusal } from '../refusal.ts';
import { perform, services } from '../services.ts';
import { executionRole } from './checks.ts';
import type { Deliver, Delivered } from './firings.ts';
import type { Schedule } from './schedule.ts';

const ACTION = 'aws-sdk:ssoadmin:deleteAccountAssignment';
const OPERATION = 'DeleteAccountAssignment';

/** Calls the target of a schedule with its execution role, through the handlers of all requests. */
export function makeDeliver(cloudOf: () => Cloud, journal: OpenJournal): Deliver {
  const sso = services().find(({ name }) => name === 'sso');
  return (schedule, fate) => {
    const cloud = cloudOf();
    if (sso === undefined || schedule.target.arn !== `arn:${cloud.partition}:scheduler:::${ACTION}`)
      return { kind: 'elsewhere' };
    const role = executionRole(cloud, schedule);
    if (role === undefined)
      return {
        kind: 'refused',
        code: 'AccessDenied',
        message: `The execution role ${schedule.target.roleArn} cannot be assumed.`,
      };
    const caller = callerOf(role.arn, randomBytes(16).toString('hex'));
    const input = parsed(schedule.target.input);
    const entry = journal.open(entryOf(schedule, caller, input, cloud.agenda.time()));
    return answered(entry, () => {
      if (fate?.kind === 'refused') throw scripted(entry, fate.code);
      const outcome = fate?.kind === 'ends' ? { outcome: fate.outcome } : {};
      const { region } = schedule;
      return perform(cloud, sso, { operation: OPERATION, input, region, caller, entry, ...outcome });
    });
  };
}

function entryOf(
  { name, region }: Schedule,
  caller: Caller,
  input: unknown,
  at: number,
): Omit<OpenEntry, 'index' | 'status' | 'outcome'> {
  return {
    at,
    service: 'sso',
    operation: OPERATION,
    region,
    host: `sso.${region}.amazonaws.com`,
    userAgent: 'scheduler.amazonaws.com',
    authorized: true,
    requestId: randomUUID(),
    body: input,
    principal: caller.arn,
    schedule: name,
  };
}

/** Its text where it is no JSON. */
function parsed(input = '{}'): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function scripted(entry: OpenEntry, code: string): Refusal {
  entry.scripted = 'refused';
  return new Refusal(code, `${code} by script`);
}

function answered(entry: OpenEntry, call: () => unknown): Delivered {
  try {
    const { AccountAssignmentDeletionStatus: started } = call() as {
      readonly AccountAssignmentDeletionStatus: { readonly RequestId: string };
    };
    entry.status = 200;
    entry.outcome = 'ok';
    return { kind: 'accepted', requestId: started.RequestId };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, status, message } = error;
    Object.assign(entry, { status, code, outcome: 'error' } satisfies Partial<OpenEntry>);
    return { kind: 'refused', code, message };
  }
}
