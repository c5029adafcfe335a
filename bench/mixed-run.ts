import { randomBytes } from 'node:crypto';
import { unanswered } from '../src/access/leases/liveness.ts';
import { whileAnswered } from '../src/access/clock.ts';
import { absent } from '../src/access/cloud.ts';
import type { Log } from '../src/access/tools.ts';
import { carryOutAll, lookAhead } from '../src/access/engine/many.ts';
import type { RunTools } from '../src/access/engine/run-tools.ts';
import { planStep, type Step } from '../src/access/plan/plan.ts';
import { permanent, type ChangingOperation, type Request } from '../src/access/request.ts';
import { createConnections } from '../src/action/connections.ts';
import { openAws } from '../src/aws/cloud.ts';
import { parsePrincipal, parseRole } from '../src/aws/resolve/lines.ts';
import { parseTarget } from '../src/aws/resolve/target-lines.ts';
import { systemClock as clock } from '../src/system-clock.ts';
import type { Parsed } from '../src/access/declaration.ts';
import type { Line } from '../src/access/request.ts';
import type { MixedGrants, MixedWork } from './mixed.ts';

/** Creations and deletions in one run of the engine: what a step does with one operation, done with both at once. */
const work = JSON.parse(process.env['BENCH_WORK'] ?? '') as MixedWork;
const unheard = (): undefined => undefined;
const log: Log = { info: unheard, notice: unheard, warning: unheard, debug: unheard, group: unheard };
const connections = createConnections();
const cloud = await openAws(
  {
    region: work.region,
    signIn: { kind: 'ambient' },
    instanceArn: work.instanceArn,
    identityStoreId: null,
    ownerAccountId: null,
    scheduler: { roleArn: null, group: 'cloud-access', deadLetterQueueArn: null },
    leasing: false,
    routing: null,
    caller: null,
  },
  {
    clock,
    random: Math.random,
    log,
    tokens: { mint: () => Promise.reject(new TypeError('this sign-in takes no ID token')) },
    mask: () => undefined,
    connections,
    requestsPerSecond: null,
    signInUntil: null,
    product: ['cloud-access', 'bench'],
    liveness: unanswered('nobody asks here'),
    origin: {
      repositoryId: '42',
      repository: '',
      runId: '',
      attempt: '',
      checkRunId: null,
      job: '',
      step: '',
      actor: '',
    },
    randomBytes,
  },
);
const { signal } = new AbortController();
const tools: RunTools = {
  cloud,
  clock,
  random: Math.random,
  log,
  signal,
  onStarted: () => undefined,
  journal: { open: () => undefined, note: () => undefined },
  planning: { cloud: 'aws', wanted: false, expected: null, planFor: null, onPlan: () => undefined },
};

function only(parsed: Parsed<Line>): Line {
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

function requestFor(operation: ChangingOperation, { groups, permissionSets, accounts }: MixedGrants): Request {
  return {
    operation,
    lifetime: permanent,
    reason: null,
    principals: groups.map((id) => only(parsePrincipal(`group:${id}`, null))),
    targets: accounts.map((id) => only(parseTarget(id, operation))),
    exclusions: [],
    roles: permissionSets.map((arn) => only(parseRole(arn, operation))),
    wait: true,
    timeoutMs: 3_600_000,
    allowPrivileged: true,
    guards: { allowed: { principal: null, target: null, role: null }, maxGrants: null, maxLifetimeMs: null },
    maxInFlight: null,
    perTarget: false,
    dryRun: false,
  };
}

const budget = whileAnswered(120_000, 1_800_000, clock, signal);
const requests = [requestFor('assign', work.create), requestFor('revoke', work.delete)];
const resolved: { readonly request: Request; readonly grants: Awaited<ReturnType<typeof cloud.resolve>>['grants'] }[] =
  [];
for (const request of requests) resolved.push({ request, grants: (await cloud.resolve(request, budget)).grants });
const looked = await Promise.all(resolved.map(({ request, grants }) => lookAhead(request, grants, tools, budget)));
const seen = await cloud.read(
  resolved.flatMap(({ grants }) => grants),
  budget,
);
const steps: readonly Step[] = resolved
  .flatMap(({ request, grants }) => grants.map((grant) => ({ request, grant })))
  .map(({ request, grant }, index) => planStep(request.operation, grant, seen[index] ?? absent));
const [first] = looked;
if (first === undefined || requests[0] === undefined) throw new Error('there is nothing to do');
const known = new Map(looked.flatMap((it) => [...it.known]));
const results = await carryOutAll(steps, requests[0], tools, { finder: first.finder, known });
connections.close();
const bad = results.filter(({ outcome }) => outcome.status !== 'SUCCEEDED');
for (const { outcome } of bad.slice(0, 3)) process.stderr.write(`${JSON.stringify(outcome)}\n`);
process.exitCode = bad.length === 0 ? 0 : 1;
