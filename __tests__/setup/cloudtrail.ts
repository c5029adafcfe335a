import type { JournalEntry } from '../../rehearsal/journal.ts';

/** What somebody asked of EventBridge Scheduler, as CloudTrail hands it to EventBridge. */
export interface Asked {
  readonly call: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly userAgent: string;
  readonly identity: unknown;
  readonly errorCode?: string;
}

/** Source: AWS CloudTrail user guide, record contents and userIdentity element; EventBridge events reference, Scheduler. */
export function cloudTrailEvent({ call, parameters, userAgent, identity, errorCode }: Asked): unknown {
  return {
    version: '0',
    id: '8d6f3246-2781-4c7c-a7e4-6f2bd1f5d3b1',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.scheduler',
    account: '111122223333',
    region: 'us-east-1',
    detail: {
      eventVersion: '1.11',
      eventSource: 'scheduler.amazonaws.com',
      eventName: call,
      userIdentity: identity,
      sourceIPAddress: '198.51.100.7',
      userAgent,
      requestParameters: parameters,
      ...(errorCode === undefined ? {} : { errorCode }),
    },
  };
}

export function sessionOf(role: string, session = 'any'): unknown {
  const name = role.split('/').at(-1) ?? '';
  return {
    type: 'AssumedRole',
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/${session}`,
    accountId: '111122223333',
    sessionContext: { sessionIssuer: { type: 'Role', arn: role, userName: name } },
  };
}

/** What CloudTrail would have of a request of the rehearsal. */
export function recordedOf({ operation, body, userAgent, principal = '', code }: JournalEntry): unknown {
  const [, role = '', session = ''] = /:assumed-role\/(?<role>[^/]+)\/(?<session>.+)$/u.exec(principal) ?? [];
  const members = Object.entries(body as Readonly<Record<string, unknown>>);
  return cloudTrailEvent({
    call: operation,
    parameters: Object.fromEntries(
      members.map(([key, value]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, value]),
    ),
    userAgent,
    identity: sessionOf(`arn:aws:iam::111122223333:role/${role}`, session),
    ...(code === undefined ? {} : { errorCode: code }),
  });
}
