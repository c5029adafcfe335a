import { azure, tupleOf } from './lease-azure.ts';
import {
  afterKilled,
  atSweep,
  beside,
  lasting,
  laterOf,
  loseOne,
  mainsOf,
  postsOf,
  straight,
  sweepIn,
  sweepsOf,
  type Doomed,
  type Story,
} from './lease-crash-stories.ts';
import { jobOf, type Scene } from './lease-runs.ts';

const grants = [azure.one] as const;

export const mains = mainsOf(azure);

/** What main does about leases that are there. */
export const later = {
  ...laterOf(azure),
  'a permanent assign that nobody repeats': {
    grants,
    prepare: straight(azure.inputs.one, beside('1h')),
    resolve: revokeWhatIsPermanent,
    gone: 'sweep',
  },
} as const satisfies Readonly<Record<string, Story>>;

/** It is there for ever now, or is still the lease that it was. */
async function revokeWhatIsPermanent(scene: Scene, { job }: Doomed): Promise<void> {
  const { world, cloud } = scene;
  const isPermanent = world.azure.estate.find(tupleOf(azure.one))?.description?.includes('[cloud-access') === false;
  if (!isPermanent) return;
  await sweepIn(scene, 'last but one', 5);
  if (!cloud.has(world, azure.one)) scene.blame('a sweep ended what somebody had made permanent');
  scene.letGo(job);
  await scene.main(jobOf('revoking', 6, { ...azure.inputs.one, operation: 'revoke' }));
}

/** What post does. */
export const posts = {
  ...postsOf(azure),
  'of a main step that was killed': afterKilled(azure, 'roleAssignments.put'),
} as const satisfies Readonly<Record<string, Story>>;

/** What sweep does. */
export const sweeps = {
  ...sweepsOf(azure),
  // What does not count any more stays as long as somebody holds it: it takes another sweep after that.
  'of an ended job beside another': { ...sweepsOf(azure)['of an ended job beside another'], gone: 'sweep' },
  // GitHub says nothing of the job: only its time ends it.
  'of a lease whose time is over': {
    ...atSweep(azure, async (scene) => {
      const lost = jobOf('lost', 9, { ...azure.inputs.one, ...lasting });
      const { outputs } = await scene.main(lost);
      scene.lose(lost);
      scene.world.github.forget(lost.context.runId ?? '');
      await scene.world.advance(Date.parse(outputs['expires-at'] ?? '') - scene.world.now() + azure.pastEnds);
    }),
    gone: 'post',
  },
  'of an ended job beside one that leaves': {
    ...atSweep(azure, async (scene) => {
      const other = await beside('1h')(scene);
      await loseOne(scene);
      await scene.post(other);
    }),
    gone: 'post',
  },
} as const satisfies Readonly<Record<string, Story>>;
