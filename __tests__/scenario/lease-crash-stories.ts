import type { StepResult } from '../../rehearsal/runner/step.ts';
import type { Granted, LeaseCloud } from './lease-cloud.ts';
import { jobOf, type Ending, type Job, type Scene } from './lease-runs.ts';

/** A lease as the stories take it. */
export const lasting = { lifetime: '2h', reason: 'INC-1' } as const;
const kept = { ...lasting, 'keep-after-job': 'true' } as const;

/** Which step is struck. */
export interface Doomed {
  readonly job: Job;
  readonly stage: 'main' | 'post';
}

/** A mechanism: what there is, which step is struck, and what others do about it afterwards. */
export interface Story {
  /** Those that leases are taken of. */
  readonly grants: readonly Granted[];
  readonly prepare: (scene: Scene) => Promise<Doomed>;
  /** Right after the strike. */
  readonly mend?: (scene: Scene, doomed: Doomed) => Promise<unknown>;
  /** After the clock, before the last sweep. */
  readonly resolve?: (scene: Scene, doomed: Doomed) => Promise<unknown>;
  /** What whoever takes a lease at once is given besides. */
  readonly heir?: Job['inputs'];
  /** When the access has to be gone, at the latest: after the post steps, by the clock, by the last sweep, or never. */
  readonly gone: Gone;
  /** The bounds of a lease do not hold, since the Scheduler did not do its work. */
  readonly isLate?: boolean;
  /** The schedule group is not there yet. */
  readonly isFirst?: boolean;
}

export type Stories<Name extends string> = Readonly<Record<Name, Story>>;

export type Gone = 'post' | 'clock' | 'sweep' | 'never';

/** The step is struck in a job that has done nothing before. */
export function straight(
  inputs: Job['inputs'],
  prepare: (scene: Scene) => unknown = () => undefined,
): Story['prepare'] {
  return async (scene) => {
    await prepare(scene);
    return { job: jobOf('doomed', 1, inputs), stage: 'main' };
  };
}

/** The post step is struck, of a job whose main step has done what it was asked for. */
export function atPost(inputs: Job['inputs'], prepare: (scene: Scene) => unknown = () => undefined): Story['prepare'] {
  return async (scene) => {
    await prepare(scene);
    const job = jobOf('doomed', 1, inputs);
    await scene.main(job);
    return { job, stage: 'post' };
  };
}

/** A sweep of everything. */
export function sweepIn(scene: Scene, name: string, number: number, ending?: Ending): Promise<StepResult> {
  const inputs = { ...scene.cloud.inputs.sweep, operation: 'sweep' };
  return scene.main(jobOf(name, number, inputs), ending);
}

/** Another job holds the same grant. */
export function beside(lifetime: string) {
  return async (scene: Scene): Promise<Job> => {
    const other = jobOf('other', 2, { ...scene.cloud.inputs.one, ...lasting, lifetime });
    await scene.main(other);
    return other;
  };
}

const permanently = ({ world, cloud, promise }: Scene): void => {
  cloud.add(world, cloud.one);
  promise('an administrator', cloud.one);
};

/** What both main and post do beside others, and of several at once. */
type Shared = 'beside one that ends earlier' | 'beside one that ends later' | 'of four grants on two accounts';

/** What main does. */
export function mainsOf({
  one,
  many,
  inputs,
}: LeaseCloud): Stories<'alone' | 'where permanent access is' | 'that outlasts its job' | Shared> {
  const lease = { ...inputs.one, ...lasting };
  return {
    alone: { grants: [one], prepare: straight(lease), gone: 'post', isFirst: true },
    'beside one that ends earlier': { grants: [one], prepare: straight(lease, beside('1h')), gone: 'post' },
    'beside one that ends later': { grants: [one], prepare: straight(lease, beside('3h')), gone: 'post' },
    'where permanent access is': { grants: [one], prepare: straight(lease, permanently), gone: 'never' },
    'that outlasts its job': { grants: [one], prepare: straight({ ...inputs.one, ...kept }), gone: 'clock' },
    'of four grants on two accounts': { grants: many, prepare: straight({ ...inputs.many, ...lasting }), gone: 'post' },
  };
}

/** A request that was sent is carried out within this or never, in milliseconds. Source: docs/design/leases.md#a-request-arrives-soon-or-never. */
const flightMs = 10_000;

/** What main does about leases that are there. */
export function laterOf({
  one,
  inputs,
}: LeaseCloud): Stories<'extend' | 'release' | 'a permanent assign that is repeated' | 'a revoke'> {
  const grants = [one];
  return {
    extend: {
      grants,
      prepare: async (scene) => {
        const first = await scene.main(jobOf('first', 3, { ...inputs.one, ...kept, lifetime: '1h' }));
        const extending = { operation: 'extend', lifetime: '2h', 'lease-id': first.outputs['lease-id'] ?? '' };
        return { job: jobOf('doomed', 1, extending), stage: 'main' };
      },
      gone: 'clock',
    },
    release: {
      grants,
      prepare: async (scene) => {
        const first = jobOf('first', 3, { ...inputs.one, ...kept });
        const { outputs } = await scene.main(first);
        scene.letGo(first);
        const releasing = { operation: 'release', 'lease-id': outputs['lease-id'] ?? '' };
        return { job: jobOf('doomed', 1, releasing), stage: 'main' };
      },
      gone: 'clock',
    },
    'a permanent assign that is repeated': {
      grants,
      prepare: straight(inputs.one, beside('1h')),
      mend: async (scene) => {
        // Whoever repeats it comes later than what was still under way.
        await scene.world.advance(flightMs);
        await scene.main(jobOf('again', 4, inputs.one));
      },
      gone: 'never',
    },
    'a revoke': {
      grants,
      prepare: async (scene) => {
        scene.letGo(await beside('1h')(scene));
        return { job: jobOf('doomed', 1, { ...inputs.one, operation: 'revoke' }), stage: 'main' };
      },
      gone: 'post',
    },
  };
}

/** What post does. */
export function postsOf({ one, many, inputs }: LeaseCloud): Stories<'alone' | Shared> {
  const grants = [one];
  const lease = { ...inputs.one, ...lasting };
  return {
    alone: { grants, prepare: atPost(lease), gone: 'clock' },
    'beside one that ends earlier': { grants, prepare: atPost(lease, beside('1h')), gone: 'clock' },
    'beside one that ends later': { grants, prepare: atPost(lease, beside('3h')), gone: 'clock' },
    'of four grants on two accounts': { grants: many, prepare: atPost({ ...inputs.many, ...lasting }), gone: 'clock' },
  };
}

/** The post step of a main step that was killed while its first change of this operation was under way. */
export function afterKilled({ one, inputs }: LeaseCloud, operation: string): Story {
  return {
    grants: [one],
    prepare: async (scene) => {
      const job = jobOf('doomed', 1, { ...inputs.one, ...lasting });
      await scene.main(job, { strike: { signal: 'SIGKILL', moment: 'under way', at: { operation } } });
      return { job, stage: 'post' };
    },
    gone: 'clock',
  };
}

/** A sweep is struck, and the next one comes at once. */
export function atSweep(
  { one, inputs }: LeaseCloud,
  prepare: (scene: Scene) => Promise<unknown>,
): Pick<Story, 'grants' | 'prepare' | 'mend'> {
  return {
    grants: [one],
    prepare: straight({ ...inputs.sweep, operation: 'sweep' }, prepare),
    mend: (scene) => sweepIn(scene, 'sweep', 8),
  };
}

/** Past the age at which nobody takes a holder to be at work still, in milliseconds. */
const pastSweepAge = 16 * 60_000;

/** A runner is gone, and GitHub says so. */
export async function loseOne(scene: Scene): Promise<StepResult> {
  const lost = jobOf('lost', 9, { ...scene.cloud.inputs.one, ...lasting });
  const result = await scene.main(lost);
  scene.lose(lost);
  await scene.world.advance(pastSweepAge);
  return result;
}

/** What sweep does. */
export function sweepsOf(cloud: LeaseCloud): Stories<'of an ended job' | 'of an ended job beside another'> {
  return {
    'of an ended job': { ...atSweep(cloud, loseOne), gone: 'post' },
    'of an ended job beside another': {
      ...atSweep(cloud, async (scene) => {
        await beside('1h')(scene);
        await loseOne(scene);
      }),
      gone: 'post',
    },
  };
}

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
      const lease = { ...scene.cloud.inputs.one, ...lasting, lifetime: '90m', ...story.heir };
      await scene.main(jobOf('heir', 10, lease));
      await story.mend?.(scene, doomed);
    },
  };
}
