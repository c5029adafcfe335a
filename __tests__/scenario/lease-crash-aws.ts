import { assignmentOf, aws, never } from './lease-aws.ts';
import {
  afterKilled,
  atPost,
  atSweep,
  beside,
  lasting,
  laterOf,
  mainsOf,
  postsOf,
  straight,
  sweepIn,
  sweepsOf,
  type Doomed,
  type Story,
} from './lease-crash-stories.ts';
import { jobOf, type Scene } from './lease-runs.ts';
import { shownIn } from './schedule-names.ts';
import { byIds, ids } from './support.ts';

const grants = [aws.one] as const;

export const mains = mainsOf(aws);

/** Without records: only the post step ends it. */
export const unrecorded: Story = { grants, prepare: straight({ ...byIds, lifetime: '2h' }), gone: 'post' };

/** What main does about leases that are there. */
export const later = {
  ...laterOf(aws),
  'a permanent assign that nobody repeats': {
    grants,
    prepare: straight(aws.inputs.one, beside('1h')),
    resolve: revokeWhatIsSuspect,
    gone: 'sweep',
    isLate: true,
  },
} as const satisfies Readonly<Record<string, Story>>;

/**
 * It is there for ever now, or has ended as the lease that it was. Where the hold of whoever made it permanent is still
 * there, a sweep says that this was broken off, and a revoke clears it.
 */
async function revokeWhatIsSuspect(scene: Scene, { job }: Doomed): Promise<void> {
  const { world, cloud } = scene;
  const isBrokenOff = world.aws.schedules.all().some(({ name }) => shownIn(name)?.end === never);
  const wasThere = cloud.has(world, aws.one);
  if (!wasThere && !isBrokenOff) return;
  const red = /A permanent assign of this grant was interrupted/u;
  await sweepIn(scene, 'suspecting', 5, isBrokenOff ? { red } : {});
  if (cloud.has(world, aws.one) !== wasThere) scene.blame('a sweep ended what somebody was making permanent');
  scene.letGo(job);
  await scene.main(jobOf('revoking', 6, { ...aws.inputs.one, operation: 'revoke' }));
}

/** What post does. */
export const posts = {
  ...postsOf(aws),
  'of a main step that was killed': afterKilled(aws, 'CreateAccountAssignment'),
  'without records, run again': {
    grants,
    prepare: atPost({ ...byIds, lifetime: '2h' }),
    mend: (scene, { job }) => scene.post(job),
    gone: 'post',
  },
} as const satisfies Readonly<Record<string, Story>>;

/** The Scheduler is refused each time; the lists of what was done reach back beyond the lease. */
async function refuseFirings(scene: Scene): Promise<void> {
  const {
    aws: { estate, schedules },
    now,
  } = scene.world;
  const earlier = { ...assignmentOf(aws.one), permissionSetArn: ids.readOnly };
  estate.add(earlier);
  estate.start('delete', earlier);
  await scene.world.advance(60_000);
  const lost = jobOf('lost', 9, { ...aws.inputs.one, ...lasting });
  const { outputs } = await scene.main(lost);
  schedules.script({ times: 4 }, { fate: { kind: 'refused', code: 'ConflictException' } });
  scene.lose(lost);
  const end = Date.parse(outputs['expires-at'] ?? '');
  await scene.world.advance(end - now() + aws.pastEnds);
}

/** What sweep does. */
export const sweeps = {
  ...sweepsOf(aws),
  'of what no firing has ended': { ...atSweep(aws, refuseFirings), gone: 'post', isLate: true },
} as const satisfies Readonly<Record<string, Story>>;
