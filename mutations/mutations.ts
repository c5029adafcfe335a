/**
 * Breaks of the code on purpose: of each promise the worst on each cloud. `npm run mutations` demands that the tests of
 * each go red, and `docs/proof.md` tells what is broken.
 */
import type { FileEdit } from './edit.ts';

export interface Mutation {
  /** Begins with the cloud where it is about one only. */
  readonly name: string;
  /** As the titles of tests name it: `P1`, `Many`. */
  readonly promise: string;
  readonly cloud: 'aws' | 'azure' | 'both';
  /** What is so then, in one sentence. */
  readonly breaks: string;
  /** What Jest is given: files, and which of their tests. */
  readonly tests: readonly string[];
  /** Of a file in `src`. */
  readonly edit: FileEdit;
}

export const mutations: readonly Mutation[] = [
  {
    name: 'p1-failed-is-green',
    promise: 'P1',
    cloud: 'both',
    breaks: 'A grant that ended FAILED leaves the step green.',
    tests: ['__tests__/scenario/assign.test.ts', '-t', 'ends FAILED'],
    edit: {
      file: 'src/access/outcome.ts',
      symbol: 'isGreen',
      do: 'begin-with',
      statements: "if (outcome.status === 'FAILED' && outcome.requestId !== null) return true;",
    },
  },
  {
    name: 'p1-no-verification',
    promise: 'P1',
    cloud: 'both',
    breaks: 'A change that the cloud calls done is green without verification by reading back.',
    tests: [
      '__tests__/scenario/assign.test.ts',
      '__tests__/scenario/azure-lag.test.ts',
      '-t',
      'never green|never shows',
    ],
    edit: {
      file: 'src/access/engine/verify.ts',
      symbol: 'confirm',
      do: 'set-condition',
      about: 'isReached',
      to: 'isReached(change.kind, read) || tools.wait',
    },
  },
  {
    name: 'aws-p1-lease-unverified',
    promise: 'P1',
    cloud: 'aws',
    breaks: 'A lease is green though no read has shown its access.',
    tests: ['__tests__/scenario/lease-alone.test.ts', '-t', 'no read shows'],
    edit: {
      file: 'src/aws/leases/steps/join.ts',
      symbol: 'joinPhases > created > then',
      do: 'begin-with',
      statements: "if ((answer.is as string) === 'done') return { to: 'save-held', memory: { ...it, unsure: false } };",
    },
  },
  {
    name: 'azure-p1-pim-planned-is-left',
    promise: 'P1',
    cloud: 'azure',
    breaks:
      'A revoke through Privileged Identity Management is green while another access of the same grant is planned.',
    tests: ['__tests__/scenario/azure-pim-planned.test.ts', '-t', 'taken back by a revoke too'],
    edit: {
      file: 'src/azure/leases/pim/steps/revoke.ts',
      symbol: 'revocationProtocol > gone',
      do: 'begin-with',
      statements: "if ((answer.is as string) === 'gone') return { end: 'revoked', memory: it };",
    },
  },
  {
    name: 'p2-lost-answer-is-failure',
    promise: 'P2',
    cloud: 'both',
    breaks: 'A change whose answer was cut off is reported as not started.',
    tests: ['__tests__/scenario/signals.test.ts', '-t', 'cancelled'],
    edit: {
      file: 'src/access/engine/carry-out.ts',
      symbol: 'outcomeOf > doubted',
      do: 'set-value',
      to: 'clock.now() < 0',
    },
  },
  {
    name: 'azure-p2-silence-is-final',
    promise: 'P2',
    cloud: 'azure',
    breaks: 'A PUT or DELETE that is never answered counts as refused.',
    tests: ['__tests__/scenario/azure-lag.test.ts', '-t', 'whose answer never comes'],
    edit: {
      file: 'src/azure/failures.ts',
      symbol: 'isNetwork',
      do: 'begin-with',
      statements: "if ((error as RestError).name === 'TimeoutError') return false;",
    },
  },
  {
    name: 'aws-p3-wrong-principal',
    promise: 'P3',
    cloud: 'aws',
    breaks: 'A revoke takes the assignment of another principal for the one that it is to remove.',
    tests: ['__tests__/scenario/revoke.test.ts', '-t', 'touches no other'],
    edit: {
      file: 'src/aws/family.ts',
      symbol: 'assignmentKey',
      do: 'begin-with',
      statements: "principalId &&= 'any';",
    },
  },
  {
    name: 'azure-p3-wrong-role',
    promise: 'P3',
    cloud: 'azure',
    breaks: 'A revoke takes another role of the same principal for the one that it is to remove.',
    tests: ['__tests__/scenario/azure-revoke.test.ts', '-t', 'of other roles'],
    edit: {
      file: 'src/azure/assignments/assignment-lists.ts',
      symbol: 'readList > byKey',
      do: 'set-value',
      to: 'new Map(grants.map((it) => [grantKey(it), all.filter((row) => rowKey(row).startsWith(it.principal.id))]))',
    },
  },
  {
    name: 'azure-p3-permanent-is-leased',
    promise: 'P3',
    cloud: 'azure',
    breaks: 'Permanent access is taken for a lease that nobody holds, and ends with the job.',
    tests: ['__tests__/scenario/azure-lease-existing.test.ts', '-t', 'nothing removes it'],
    edit: {
      file: 'src/azure/leases/records/record-text.ts',
      symbol: 'readRecord',
      do: 'begin-with',
      statements: "if (!description.includes(recordMark)) return { is: 'record', text: description, entries: [] };",
    },
  },
  {
    name: 'p4-state-after-change',
    promise: 'P4',
    cloud: 'both',
    breaks: 'State is saved after the change, and post knows nothing of a step that was killed.',
    tests: ['__tests__/scenario/killed.test.ts', '-t', 'has saved its state'],
    edit: { file: 'src/main.ts', symbol: 'runMain', do: 'postpone-call', of: 'openState' },
  },
  {
    name: 'p4-lease-unsaved',
    promise: 'P4',
    cloud: 'both',
    breaks:
      'A lease is noted in the state of the runner only when it is held, and post does not give back what was begun.',
    tests: ['__tests__/scenario/lease-post.test.ts', '-t', 'gives back what was begun|still being created'],
    edit: {
      file: 'src/access/leases/protocol/executor.ts',
      symbol: 'openCommonExecutor > perform',
      do: 'begin-with',
      statements: "if (ask.do === 'save' && ask.progress !== 'held') return { is: 'done' };",
    },
  },
  {
    name: 'aws-p5-first-leaver-ends',
    promise: 'P5',
    cloud: 'aws',
    breaks: 'The first leaver ends a lease that others hold.',
    tests: ['__tests__/scenario/lease-shared.test.ts', '-t', 'leaves it to them'],
    edit: {
      file: 'src/aws/leases/steps/release.ts',
      symbol: 'amongOthers',
      do: 'set-condition',
      about: 'others',
      to: 'others.length < 0',
    },
  },
  {
    name: 'azure-p5-first-leaver-ends',
    promise: 'P5',
    cloud: 'azure',
    breaks: 'The first leaver deletes a role assignment that others hold by its description.',
    tests: ['__tests__/scenario/azure-lease-shared.test.ts', '-t', 'leaves it to them'],
    edit: {
      file: 'src/azure/leases/steps/leave.ts',
      symbol: 'leavingPhases > judge > stay',
      do: 'set-value',
      to: "answer.is === 'lease' ? answer.entries.slice(0, 0) : []",
    },
  },
  {
    name: 'azure-p5-pim-first-leaver-ends',
    promise: 'P5',
    cloud: 'azure',
    breaks: 'The first leaver ends an access of Privileged Identity Management that others have extended.',
    tests: ['__tests__/scenario/azure-pim-shared.test.ts', '-t', 'left to Azure by the first'],
    edit: {
      file: 'src/azure/leases/pim/steps/decision.ts',
      symbol: 'decideRelease',
      do: 'set-condition',
      about: 'others',
      to: 'others.length < 0',
    },
  },
  {
    name: 'p6-first-fault-only',
    promise: 'P6',
    cloud: 'both',
    breaks: 'Only the first input fault is reported.',
    tests: [
      ...['__tests__/scenario/inputs.test.ts', '__tests__/scenario/azure-inputs.test.ts'],
      ...['-t', 'all reported at once'],
    ],
    edit: {
      file: 'src/access/errors.ts',
      symbol: 'InputFaults > constructor',
      do: 'begin-with',
      statements: 'faults = faults.slice(0, 1);',
    },
  },
  {
    name: 'p7-id-token-unmasked',
    promise: 'P7',
    cloud: 'both',
    breaks: 'The ID token of GitHub is not masked.',
    tests: [
      ...['__tests__/scenario/secrets.test.ts', '__tests__/scenario/azure-secrets.test.ts'],
      ...['-t', 'before its first use'],
    ],
    edit: {
      file: 'src/action/github/id-token.ts',
      symbol: 'readToken',
      do: 'set-argument',
      of: 'mask',
      index: 0,
      to: "''",
    },
  },
  {
    name: 'azure-p7-access-token-unmasked',
    promise: 'P7',
    cloud: 'azure',
    breaks: 'An access token of Azure is not masked.',
    tests: ['__tests__/scenario/azure-secrets.test.ts', '-t', 'before its first use'],
    edit: {
      file: 'src/azure/sign-in/access-token.ts',
      symbol: 'acceptable',
      do: 'set-argument',
      of: 'mask',
      index: 0,
      to: "''",
    },
  },
  {
    name: 'aws-p8-first-account',
    promise: 'P8',
    cloud: 'aws',
    breaks: 'Of two accounts with one name the first match is taken.',
    tests: ['__tests__/scenario/names.test.ts', '-t', 'whose name two have'],
    edit: {
      file: 'src/aws/resolve/accounts.ts',
      symbol: 'accountByName',
      do: 'set-condition',
      about: 'others',
      to: 'others.length < 0',
    },
  },
  {
    name: 'azure-p8-first-principal',
    promise: 'P8',
    cloud: 'azure',
    breaks: 'Of two groups, users or service principals with one name the first match is taken.',
    tests: ['__tests__/scenario/azure-names.test.ts', '-t', 'that can be two'],
    edit: {
      file: 'src/azure/resolve/principals.ts',
      symbol: 'only',
      do: 'set-condition',
      about: 'others',
      to: 'others.length >= 0',
    },
  },
  {
    name: 'p9-trusts-the-branch',
    promise: 'P9',
    cloud: 'both',
    breaks: 'A job without an environment is advised to trust its branch.',
    tests: ['__tests__/docs/safe-advice.test.ts', '-t', 'proposes nothing to trust'],
    edit: {
      file: 'src/access/identity-token.ts',
      symbol: 'adviceOn',
      do: 'begin-with',
      statements: "if (boundBy(token).by === 'nothing') return `Let ${trust} name ${token.claims['sub'] ?? ''}.`;",
    },
  },
  {
    name: 'p10-any-event',
    promise: 'P10',
    cloud: 'both',
    breaks: 'Any event is let in, unless its name begins as those do that are known to be unsafe.',
    tests: ['__tests__/scenario/events.test.ts', '-t', 'without write access'],
    edit: {
      file: 'src/action/inputs/safe-defaults.ts',
      symbol: 'eventFaults',
      do: 'begin-with',
      statements: 'if (!/^(?:issue|pull|workflow_run)/u.test(name)) return [];',
    },
  },
  {
    name: 'aws-p10-own-account',
    promise: 'P10',
    cloud: 'aws',
    breaks: 'The account of the broker’s own role is not privileged, but a target like any other.',
    tests: ['__tests__/scenario/own-accounts.test.ts', '-t', 'refused as a target'],
    edit: {
      file: 'src/aws/resolve/privileged.ts',
      symbol: 'ownAccounts',
      do: 'begin-with',
      statements: "if ((signIn.kind as string) === 'web-identity') return new Map();",
    },
  },
  {
    name: 'azure-p10-oneself',
    promise: 'P10',
    cloud: 'azure',
    breaks: 'A job grants to oneself, the very identity that it signs in as.',
    tests: ['__tests__/scenario/azure-safe-defaults.test.ts', '-t', 'is refused, as'],
    edit: {
      file: 'src/azure/guards/oneself.ts',
      symbol: 'refuseOneself',
      do: 'begin-with',
      statements: 'if (principalIds.length > 0) return null;',
    },
  },
  {
    name: 'p10-plan-not-compared',
    promise: 'P10',
    cloud: 'both',
    breaks: 'A plan that is not the reviewed one is carried out.',
    tests: ['__tests__/access/engine/run-ends.test.ts', '-t', 'and no other'],
    edit: {
      file: 'src/access/engine/planning.ts',
      symbol: 'settlePlan',
      do: 'set-condition',
      about: 'difference',
      to: 'difference !== null && request.dryRun',
    },
  },
  {
    name: 'p11-prunes-all-there-is',
    promise: 'P11',
    cloud: 'both',
    breaks: 'A reconcile removes leases, activations and ignored access like any other extra access.',
    tests: ['__tests__/access/files/property.test.ts', '-t', 'an oracle of its own'],
    edit: {
      file: 'src/access/files/leftovers.ts',
      symbol: 'whyStays',
      do: 'begin-with',
      statements: 'if (same.includes(existing)) return null;',
    },
  },
  {
    name: 'aws-p13-post-gives-up',
    promise: 'P13',
    cloud: 'aws',
    breaks: 'Post gives up signing in to AWS at the first refusal, and ends no access.',
    tests: ['__tests__/scenario/sign-in-again.test.ts', '-t', 'goes on on AWS'],
    edit: {
      file: 'src/aws/sign-in/credentials.ts',
      symbol: 'createCredentials',
      do: 'set-argument',
      of: 'createExchange',
      index: 1,
      to: '{ ...tools, signInUntil: null }',
    },
  },
  {
    name: 'azure-p13-post-gives-up',
    promise: 'P13',
    cloud: 'azure',
    breaks: 'Post gives up signing in to Azure at the first refusal, and ends no access.',
    tests: ['__tests__/scenario/sign-in-again.test.ts', '-t', 'goes on on Azure'],
    edit: {
      file: 'src/azure/sign-in/federation.ts',
      symbol: 'federation > exchangeFor',
      do: 'set-argument',
      of: 'createExchange',
      index: 1,
      to: '{ ...tools, signInUntil: null }',
    },
  },
  {
    name: 'p13-denied-read',
    promise: 'P13',
    cloud: 'both',
    breaks: 'A denied read ends post before it has ended the access.',
    tests: ['__tests__/scenario/denied-meanwhile.test.ts', '-t', 'post from ending access'],
    edit: {
      file: 'src/access/engine/requests.ts',
      symbol: 'createRequests > read > isNeeded',
      do: 'set-value',
      to: 'false',
    },
  },
  {
    name: 'many-one-stops-all',
    promise: 'Many',
    cloud: 'both',
    breaks: 'One bad grant stops the others.',
    tests: ['__tests__/access/engine/run-many.test.ts', '-t', 'stops nothing'],
    edit: {
      file: 'src/access/engine/carry-out.ts',
      symbol: 'outcomeOf',
      do: 'begin-with',
      statements: 'if (error instanceof CloudError) throw error;',
    },
  },
  {
    name: 'aws-many-two-in-one-lane',
    promise: 'Many',
    cloud: 'aws',
    breaks: 'Two operations run on one account at a time.',
    tests: ['__tests__/access/engine/schedule.test.ts', '-t', 'one at a time'],
    edit: {
      file: 'src/access/engine/schedule.ts',
      symbol: 'createSchedule > laneOf > single',
      do: 'set-value',
      to: 'false',
    },
  },
];
