import type { Assignment } from '../../rehearsal/state.ts';
import { never, parseName } from './lease-crash-checks.ts';
import { jobOf, type Job, type Scene } from './lease-runs.ts';
import { byIds, ids, onCallAssignment, signIn } from './support.ts';

/** The role that EventBridge Scheduler ends leases with. */
const ender = 'arn:aws:iam::111122223333:role/access-ender';
const scheduler = { 'aws-scheduler-role-arn': ender } as const;

const lease = { ...byIds, ...scheduler, lifetime: '2h', reason: 'INC-1' } as const;
const kept = { ...lease, 'keep-after-job': 'true' } as const;

export const sweeping = { ...signIn, ...scheduler, operation: 'sweep' } as const;

/** Which step is struck. */
export interface Doomed {
  readonly job: Job;
  readonly stage: 'main' | 'post';
}

/** A mechanism: what there is, which step is struck, and what others do about it afterwards. */
export interface Story {
  /** Those that leases are taken of. */
  readonly grants: readonly Assignment[];
  readonly prepare: (scene: Scene) => Promise<Doomed>;
  /** Right after the strike. */
  readonly mend?: (scene: Scene, doomed: Doomed) => Promise<unknown>;
  /** After the clock, before the last sweep. */
  readonly resolve?: (scene: Scene, doomed: Doomed) => Promise<unknown>;
  /** When the access has to be gone, at the latest: after the post steps, by the clock, by the last sweep, or never. */
  readonly gone: Gone;
  /** The bounds of a lease do not hold, since the Scheduler did not do its work. */
  readonly isLate?: boolean;
  /** The schedule group is not there yet. */
  readonly isFirst?: boolean;
}

export type Gone = 'post' | 'clock' | 'sweep' | 'never';

/** Past the age at which nobody takes a holder to be at work still, in milliseconds. */
const pastSweepAge = 16 * 60_000;

const one = [onCallAssignment] as const;

/** The step is struck in a job that has done nothing before. */
function straight(inputs: Job['inputs'], prepare: (scene: Scene) => unknown = () => undefined): Story['prepare'] {
  return async (scene) => {
    await prepare(scene);
    return { job: jobOf('doomed', 1, inputs), stage: 'main' };
  };
}

/** The post step is struck, of a job whose main step has done what it was asked for. */
function atPost(inputs: Job['inputs'], prepare: (scene: Scene) => unknown = () => undefined): Story['prepare'] {
  return async (scene) => {
    await prepare(scene);
    const job = jobOf('doomed', 1, inputs);
    await scene.main(job);
    return { job, stage: 'post' };
  };
}

/** Another job holds the same grant. */
function beside(lifetime: string) {
  return async (scene: Scene): Promise<Job> => {
    const other = jobOf('other', 2, { ...lease, lifetime });
    await scene.main(other);
    return other;
  };
}

const permanently = (scene: Scene): void => {
  scene.world.estate.add(onCallAssignment);
  scene.promise('an administrator', onCallAssignment);
};

/** Two groups on two accounts. */
const manyInputs = { principal: `group:${ids.onCall}\ngroup:${ids.auditors}`, target: `${ids.prod}\n${ids.staging}` };
const many: readonly Assignment[] = [ids.onCall, ids.auditors].flatMap((principalId) =>
  [ids.prod, ids.staging].map((accountId) => ({ ...onCallAssignment, principalId, accountId })),
);

/** What main does. */
export const mains = {
  alone: { grants: one, prepare: straight(lease), gone: 'post', isFirst: true },
  'beside one that ends earlier': { grants: one, prepare: straight(lease, beside('1h')), gone: 'post' },
  'beside one that ends later': { grants: one, prepare: straight(lease, beside('3h')), gone: 'post' },
  'where permanent access is': { grants: one, prepare: straight(lease, permanently), gone: 'never' },
  'that outlasts its job': { grants: one, prepare: straight(kept), gone: 'clock' },
  'of four grants on two accounts': { grants: many, prepare: straight({ ...lease, ...manyInputs }), gone: 'post' },
} as const satisfies Readonly<Record<string, Story>>;

/** Without records: only the post step ends it. */
export const unrecorded: Story = { grants: one, prepare: straight({ ...byIds, lifetime: '2h' }), gone: 'post' };

/** What main does about leases that are there. */
export const later = {
  extend: {
    grants: one,
    prepare: async (scene) => {
      const first = await scene.main(jobOf('first', 3, { ...kept, lifetime: '1h' }));
      const extending = { ...signIn, operation: 'extend', lifetime: '2h', 'lease-id': first.outputs['lease-id'] ?? '' };
      return { job: jobOf('doomed', 1, extending), stage: 'main' };
    },
    gone: 'clock',
  },
  release: {
    grants: one,
    prepare: async (scene) => {
      const first = jobOf('first', 3, kept);
      const { outputs } = await scene.main(first);
      scene.letGo(first);
      const releasing = { ...signIn, operation: 'release', 'lease-id': outputs['lease-id'] ?? '' };
      return { job: jobOf('doomed', 1, releasing), stage: 'main' };
    },
    gone: 'clock',
  },
  'a permanent assign that is repeated': {
    grants: one,
    prepare: straight({ ...byIds, ...scheduler }, beside('1h')),
    mend: async (scene) => {
      await scene.main(jobOf('again', 4, { ...byIds, ...scheduler }));
    },
    gone: 'never',
  },
  'a permanent assign that nobody repeats': {
    grants: one,
    prepare: straight({ ...byIds, ...scheduler }, beside('1h')),
    resolve: revokeWhatIsSuspect,
    gone: 'sweep',
    isLate: true,
  },
  'a revoke': {
    grants: one,
    prepare: async (scene) => {
      scene.letGo(await beside('1h')(scene));
      return { job: jobOf('doomed', 1, { ...byIds, ...scheduler, operation: 'revoke' }), stage: 'main' };
    },
    gone: 'post',
  },
} as const satisfies Readonly<Record<string, Story>>;

/**
 * It is there for ever now, or has ended as the lease that it was. Where the hold of whoever made it permanent is still
 * there, a sweep says that this was broken off, and a revoke clears it.
 */
async function revokeWhatIsSuspect(scene: Scene, { job }: Doomed): Promise<void> {
  const { estate, schedules } = scene.world;
  const isBrokenOff = schedules.all().some(({ name }) => parseName(name)?.end === never);
  const wasThere = estate.has(onCallAssignment);
  if (!wasThere && !isBrokenOff) return;
  const red = /A permanent assign of it was broken off/u;
  await scene.main(jobOf('suspecting', 5, sweeping), isBrokenOff ? { red } : {});
  if (estate.has(onCallAssignment) !== wasThere) scene.blame('a sweep ended what somebody was making permanent');
  scene.letGo(job);
  await scene.main(jobOf('revoking', 6, { ...byIds, ...scheduler, operation: 'revoke' }));
}

/** What post does. */
export const posts = {
  alone: { grants: one, prepare: atPost(lease), gone: 'clock' },
  'beside one that ends earlier': { grants: one, prepare: atPost(lease, beside('1h')), gone: 'clock' },
  'beside one that ends later': { grants: one, prepare: atPost(lease, beside('3h')), gone: 'clock' },
  'of four grants on two accounts': { grants: many, prepare: atPost({ ...lease, ...manyInputs }), gone: 'clock' },
  'of a main step that was killed': {
    grants: one,
    prepare: async (scene) => {
      const job = jobOf('doomed', 1, lease);
      await scene.main(job, {
        strike: { signal: 'SIGKILL', moment: 'under way', at: { operation: 'CreateAccountAssignment' } },
      });
      return { job, stage: 'post' };
    },
    gone: 'clock',
  },
  'without records, run again': {
    grants: one,
    prepare: atPost({ ...byIds, lifetime: '2h' }),
    mend: (scene, { job }) => scene.post(job),
    gone: 'post',
  },
} as const satisfies Readonly<Record<string, Story>>;

/** Past the last firing of a timer and what it may have begun, from the end of its lease on, in milliseconds. */
export const pastFirings = 20 * 60_000;

/** A sweep is struck, and the next one comes at once. */
function atSweep(prepare: (scene: Scene) => Promise<unknown>): Pick<Story, 'grants' | 'prepare' | 'mend'> {
  return {
    grants: one,
    prepare: straight(sweeping, prepare),
    mend: (scene) => scene.main(jobOf('sweep', 8, sweeping)),
  };
}

async function loseOne(scene: Scene): Promise<void> {
  const lost = jobOf('lost', 9, lease);
  await scene.main(lost);
  scene.lose(lost);
  await scene.world.advance(pastSweepAge);
}

/** The Scheduler is refused each time; the lists of what was done reach back beyond the lease. */
async function refuseFirings(scene: Scene): Promise<void> {
  const { estate, schedules, now } = scene.world;
  const earlier = { ...onCallAssignment, permissionSetArn: ids.readOnly };
  estate.add(earlier);
  estate.start('delete', earlier);
  await scene.world.advance(60_000);
  const lost = jobOf('lost', 9, lease);
  const { outputs } = await scene.main(lost);
  schedules.script({ times: 4 }, { fate: { kind: 'refused', code: 'ConflictException' } });
  scene.lose(lost);
  const end = Date.parse(outputs['expires-at'] ?? '');
  await scene.world.advance(end - now() + pastFirings);
}

/** What sweep does. */
export const sweeps = {
  'of an ended job': { ...atSweep(loseOne), gone: 'post' },
  'of an ended job beside another': {
    ...atSweep(async (scene) => {
      await beside('1h')(scene);
      await loseOne(scene);
    }),
    gone: 'post',
  },
  'of what no firing has ended': { ...atSweep(refuseFirings), gone: 'post', isLate: true },
} as const satisfies Readonly<Record<string, Story>>;

/** The runner is lost: the post step never comes. */
export function withoutPost(story: Story): Story {
  return {
    ...story,
    mend: async (scene, doomed) => {
      await story.mend?.(scene, doomed);
      scene.lose(doomed.job);
    },
    gone: story.gone === 'post' ? 'clock' : story.gone,
  };
}

/** Somebody else takes a lease at once. */
export function withHeir(story: Story): Story {
  return {
    ...story,
    mend: async (scene, doomed) => {
      await scene.main(jobOf('heir', 10, { ...lease, lifetime: '90m' }));
      await story.mend?.(scene, doomed);
    },
  };
}
