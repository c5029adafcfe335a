import { randomBytes } from 'node:crypto';
import type { IdentitystoreClient } from '@aws-sdk/client-identitystore';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { STSClient } from '@aws-sdk/client-sts';

import type { Budget } from '../../src/access/clock.ts';
import { CloudError, type Failure, type FailureKind } from '../../src/access/errors.ts';
import { unanswered } from '../../src/access/leases/liveness.ts';
import type { AwsSession, Service } from '../../src/aws/session.ts';
import type { AwsSettings } from '../../src/aws/settings.ts';
import { createFakeClock, epoch, type FakeClock } from '../access/fake-clock.ts';
import { createFakeLog, type FakeLog } from '../access/fake-log.ts';
import { someOrigin } from '../access/some-origin.ts';

type Input = Readonly<Record<string, unknown>>;

/** AWS's responses, by command: `ListInstances: (input) => …`. A response that is an error is thrown. */
export type Answers = Readonly<Record<string, (input: Input) => unknown>>;

export interface FakeSession {
  readonly session: AwsSession;
  readonly clock: FakeClock;
  readonly log: FakeLog;
  /** Commands in the order in which they were sent. */
  readonly sent: readonly { readonly command: string; readonly input: Input }[];
  readonly regions: readonly string[];
}

export const budget: Budget = { until: epoch + 120_000, signal: new AbortController().signal };

export const settings: AwsSettings = {
  region: 'us-east-1',
  signIn: { kind: 'ambient' },
  instanceArn: null,
  identityStoreId: null,
  ownerAccountId: null,
  scheduler: { roleArn: null, group: 'cloud-access', deadLetterQueueArn: null },
  leasing: false,
  routing: null,
  caller: null,
};

export const instanceArn = 'arn:aws:sso:::instance/ssoins-1111111111111111';
export const permissionSet = (last: string): string =>
  `arn:aws:sso:::permissionSet/ssoins-1111111111111111/ps-${last.padStart(16, '0')}`;

/**
 * A session whose clients answer from a table instead of the network: requests are made by the real commands, so that
 * their inputs are what AWS would get.
 */
export function createFakeSession(answers: Answers, over: Partial<AwsSettings> = {}): FakeSession {
  const clock = createFakeClock();
  const log = createFakeLog();
  const sent: { command: string; input: Input }[] = [];
  const regions: string[] = [];
  const client = {
    send: async (command: {
      readonly constructor: { readonly name: string };
      readonly input: Input;
    }): Promise<unknown> => {
      const name = command.constructor.name.replace(/Command$/u, '');
      sent.push({ command: name, input: command.input });
      await Promise.resolve();
      const answer = answers[name]?.(command.input);
      if (answer === undefined) throw new Error(`${name} was not expected`);
      if (answer instanceof Error) throw answer;
      return { $metadata: { requestId: 'aws-req-0' }, ...answer };
    },
  };
  const service = <C>(): Service<C> => {
    const send = <T>(
      _action: string,
      { signal }: Budget,
      sending: (client: C, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
    ): Promise<T> => sending(client as unknown as C, { abortSignal: signal });
    return { read: send, once: send };
  };
  const unused = (): never => {
    throw new Error('nothing here needs this');
  };
  const session: AwsSession = {
    settings: { ...settings, ...over },
    routing: { fips: false, dualStack: false, endpoints: {} },
    tools: {
      clock,
      log,
      random: () => 0.5,
      tokens: { mint: unused },
      mask: () => undefined,
      connections: { agentsFor: unused, send: unused },
      signInUntil: null,
      requestsPerSecond: null,
      product: ['cloud-access', '0.0.0'],
      origin: someOrigin,
      liveness: unanswered('not requested here'),
      randomBytes,
    },
    wire: { handler: { handle: unused }, serverTime: (ours) => ours, requestIdOf: () => null },
    sso: service<SSOAdminClient>(),
    identityStore: service<IdentitystoreClient>(),
    organizations: service<OrganizationsClient>(),
    scheduler: service<SchedulerClient>(),
    sts: service<STSClient>(),
    region: () => settings.region,
    signIn: unused,
    moveTo: (region) => {
      regions.push(region);
    },
    ownedBy: () => undefined,
  };
  return { session, clock, log, sent, regions };
}

/** An answer of AWS that is an error, as the session's services throw it. */
export function awsError(kind: FailureKind, over: Partial<Failure> = {}, cause?: unknown): CloudError {
  const failure: Failure = {
    kind,
    operation: 'sso:Something',
    code: `${kind}Exception`,
    message: `it is ${kind}`,
    requestId: 'aws-req-1',
    retryAfterMs: null,
    hint: null,
    ...over,
  };
  return new CloudError(failure, { cause });
}

/** Answers page by page: `NextToken` is the index of the next page. */
export function paged(key: string, pages: readonly (readonly unknown[] | undefined)[]): (input: Input) => unknown {
  return ({ NextToken }) => {
    const index = Number(NextToken ?? 0);
    return { [key]: pages[index], NextToken: index + 1 < pages.length ? String(index + 1) : undefined };
  };
}
