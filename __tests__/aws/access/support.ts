import { randomBytes } from 'node:crypto';
import { wholeMinute, type Budget } from '../../../src/access/clock.ts';
import type { Parsed } from '../../../src/access/declaration.ts';
import type { Selecting } from '../../../src/access/files/access-file.ts';
import type { AccessPort, Existing, Selection } from '../../../src/access/files/port.ts';
import type { CloudWithLeases } from '../../../src/access/leases/port.ts';
import { unanswered } from '../../../src/access/leases/liveness.ts';
import type { Line, Lines } from '../../../src/access/request.ts';
import { createConnections } from '../../../src/action/connections.ts';
import { createTokenMint } from '../../../src/action/github/id-token.ts';
import { openAws } from '../../../src/aws/cloud.ts';
import { grantKeyOf, scheduleName } from '../../../src/aws/leases/records/names.ts';
import { writeDescription } from '../../../src/aws/leases/records/record-text.ts';
import { inputOf } from '../../../src/aws/leases/records/schedules.ts';
import { never } from '../../../src/aws/leases/steps/constants.ts';
import type { RecordKind } from '../../../src/aws/leases/steps/records.ts';
import { parsePrincipal, parseRole } from '../../../src/aws/resolve/lines.ts';
import { parseExclusion, parseTarget } from '../../../src/aws/resolve/target-lines.ts';
import type { AwsSettings } from '../../../src/aws/settings.ts';
import type { AssignmentLike } from '../../../rehearsal/aws/names.ts';
import { startWorld, type World, type WorldOptions } from '../../../rehearsal/world.ts';
import { createFakeLog } from '../../access/fake-log.ts';
import { someOrigin } from '../../access/some-origin.ts';
import { createSkippingClock } from '../../property/skipping-clock.ts';
import { settings as plain } from '../fake-session.ts';

/** The port on the servers of a world, over real sockets. */
export interface Opened {
  readonly world: World;
  readonly cloud: CloudWithLeases;
  readonly port: AccessPort;
  readonly budget: Budget;
  /** Requests of each operation since the last question. */
  readonly requests: () => Readonly<Record<string, number>>;
}

export const brokerRole = 'arn:aws:iam::111122223333:role/access-broker';

/** Opens AWS in a world of its own. Nothing is throttled. */
export async function withAccess(
  options: WorldOptions,
  use: (opened: Opened) => Promise<void>,
  over: Partial<AwsSettings> = {},
): Promise<void> {
  // No time passes here, so a quota would never refill.
  const world = await startWorld({ ...options, aws: { throttlePerSecond: null, ...options.aws } });
  const before = Object.fromEntries(Object.keys(world.env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, world.env);
  const connections = createConnections();
  const ended = new AbortController();
  try {
    const clock = createSkippingClock();
    const mask = (): void => undefined;
    const around = { clock, random: Math.random, log: createFakeLog(), mask, connections };
    const url = new URL(world.env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? '');
    const requestToken = world.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? '';
    const cloud = await openAws(
      {
        ...plain,
        signIn: {
          kind: 'web-identity',
          roleArn: options.aws?.roleArn ?? brokerRole,
          sessionName: 'test',
          audience: 'sts.amazonaws.com',
        },
        ...over,
      },
      {
        ...around,
        tokens: createTokenMint({ url, requestToken }, around),
        requestsPerSecond: null,
        signInUntil: null,
        product: ['cloud-access', 'test'],
        origin: someOrigin,
        liveness: unanswered('not requested here'),
        randomBytes,
      },
    );
    const port = await cloud.openAccess?.();
    if (port === undefined) throw new Error('AWS has no access files');
    let mark = world.journal.mark();
    const requests = (): Readonly<Record<string, number>> => {
      const counts: Record<string, number> = {};
      for (const { operation } of world.journal.since(mark)) counts[operation] = (counts[operation] ?? 0) + 1;
      mark = world.journal.mark();
      return counts;
    };
    await use({ world, cloud, port, budget: { until: clock.now() + 3_600_000, signal: ended.signal }, requests });
  } finally {
    ended.abort();
    connections.close();
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    await world.close();
  }
}

function valueOf(parsed: Parsed<Line>): Line {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

interface Texts {
  readonly principal?: readonly string[];
  readonly role?: readonly string[];
  readonly target?: readonly string[];
}

/** A row by the texts of its lines. */
export function row({ principal = [], role = [], target = [] }: Texts): Lines {
  return {
    principals: principal.map((text) => valueOf(parsePrincipal(text, null))),
    roles: role.map((text) => valueOf(parseRole(text, 'reconcile'))),
    targets: target.filter((text) => !text.startsWith('!')).map((text) => valueOf(parseTarget(text, 'reconcile'))),
    exclusions: target.filter((text) => text.startsWith('!')).map((text) => valueOf(parseExclusion(text.slice(1)))),
  };
}

/** Parsed `owns`; a part that is left out is everything. */
export function owning(texts: Texts & { readonly principalTypes?: readonly string[] }): Selecting {
  const { principals, roles, targets, exclusions } = row(texts);
  return {
    principals: texts.principal === undefined ? null : principals,
    principalTypes: texts.principalTypes ?? null,
    roles: texts.role === undefined ? null : roles,
    targets: texts.target === undefined || targets.length === 0 ? null : targets,
    exclusions,
    below: false,
  };
}

/** The selections of these, which have to mean something. */
export async function selected({ port, budget }: Opened, ...all: readonly Selecting[]): Promise<readonly Selection[]> {
  const found = await port.select(all, budget);
  return found.map((it) => {
    if (!it.ok) throw new Error(it.refusals.map(({ message }) => message).join('\n'));
    return it.selection;
  });
}

/** Existing assignments as short text, sorted: principal, role, target and kind. */
export function inShort(existing: readonly Existing[]): readonly string[] {
  return existing
    .map(({ grant: { principal, role, target }, via, kind }) => {
      const through = via === null ? '' : ` via ${via.name ?? via.id}`;
      return `${principal.name ?? principal.id} | ${role.name ?? role.id} | ${target.name ?? target.id}${through}${kind === 'lease' ? ' (lease)' : ''}`;
    })
    .sort();
}

interface Recording {
  readonly kind: RecordKind;
  readonly group?: string;
  /** From now on, in milliseconds. */
  readonly endsIn?: number;
  readonly enabled?: boolean;
  /** Another input than that of a lease. */
  readonly input?: string;
}

const instance = 'arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f';

/** Writes a record of a lease of an assignment, as another step would have done it. */
export function record(
  world: World,
  like: AssignmentLike,
  { kind, group = 'cloud-access', endsIn = 3_600_000, enabled = kind === 'timer', input }: Recording,
): void {
  const { accountId, permissionSetArn, principalType, principalId } = world.aws.estate.find.assignment(like);
  const fields = { instanceArn: instance, account: accountId, permissionSetArn, principalType, principalId };
  const end = kind === 'hold' && endsIn === Infinity ? never : wholeMinute(world.now() + endsIn);
  world.aws.schedules.write({
    name: scheduleName(grantKeyOf(fields), { kind, end, holder: 'a'.repeat(20) }),
    group,
    state: enabled ? 'ENABLED' : 'DISABLED',
    createdAt: Math.min(world.now(), end) - 60_000,
    startsAt: end,
    description: writeDescription(someOrigin, false, 'INC-1'),
    target: { input: input ?? inputOf(fields) },
  });
}
