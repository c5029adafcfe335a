import {
  afterKilled,
  atPost,
  lasting,
  laterOf,
  mainsOf,
  postsOf,
  straight,
  type Story,
} from './lease-crash-stories.ts';
import { approveAll, pim } from './lease-pim.ts';
import { jobOf, type Job, type Scene } from './lease-runs.ts';

const grants = [pim.one] as const;
const minuteMs = 60_000;
/** Past the time in which Azure ends no access, in milliseconds. */
const agedMs = 6 * minuteMs;
const lease = { ...pim.inputs.one, ...lasting };

/** Others may rely on it: then Azure ends it. */
function byClock(story: Story): Story {
  return { ...story, gone: 'clock' };
}

/** What is there is old enough to be ended when the step is struck. */
function aged(story: Story): Story {
  return {
    ...story,
    prepare: async (scene) => {
      const doomed = await story.prepare(scene);
      await scene.world.advance(agedMs);
      return doomed;
    },
  };
}

/** The step that is struck has other inputs besides. */
function given(story: Story, inputs: Job['inputs']): Story {
  return {
    ...story,
    prepare: async (scene) => {
      const { job, stage } = await story.prepare(scene);
      return { job: { ...job, inputs: { ...job.inputs, ...inputs } }, stage };
    },
  };
}

/** The job goes on for a while: then its post step can end what there is. */
function aging(story: Story): Story {
  return {
    ...story,
    mend: async (scene, doomed) => {
      await story.mend?.(scene, doomed);
      await scene.world.advance(agedMs);
    },
  };
}

/** Somebody else has asked for it, until so long from now: nobody ends that before. */
const others = (ms: number) => (scene: Scene) => {
  const { world, cloud } = scene;
  const endAt = world.now() + ms;
  const { targetId: scope, principalId, roleId } = cloud.one;
  world.azure.pim.add({ scope, principalId, role: roleId.split('/').at(-1) ?? '', endAt });
  scene.promise('somebody else', cloud.one, endAt);
};

/** A person has to approve the next request. */
function approval({ world }: Scene): void {
  world.azure.pim.script({}, { statuses: [['PendingApproval', 0]] });
}

/** What waits for a person is red for who does not say `wait: false`. */
const approved: Pick<Story, 'mend' | 'heir' | 'gone'> = {
  mend: ({ world }) => {
    approveAll(world);
    return Promise.resolve();
  },
  heir: { wait: 'false' },
  gone: 'clock',
};

const ofMain = mainsOf(pim);
const ofLater = laterOf(pim);
const ofPost = postsOf(pim);

/** What main does. */
export const mains = {
  alone: aging(ofMain.alone),
  'in its first five minutes': byClock(ofMain.alone),
  'beside one that ends earlier': byClock(aging(ofMain['beside one that ends earlier'])),
  'beside one that ends later': byClock(aging(ofMain['beside one that ends later'])),
  'where permanent access is': ofMain['where permanent access is'],
  'where access of others is that ends sooner': {
    grants,
    prepare: straight(lease, others(30 * minuteMs)),
    gone: 'clock',
  },
  'where access of others is that ends later': {
    grants,
    prepare: straight(lease, others(300 * minuteMs)),
    gone: 'clock',
  },
  'that outlasts its job': ofMain['that outlasts its job'],
  'of four grants on two scopes': aging(ofMain['of four grants on two accounts']),
  'that a person approves': { grants, prepare: straight({ ...lease, wait: 'false' }, approval), ...approved },
} as const satisfies Readonly<Record<string, Story>>;

/** What main does about leases that are there. */
export const later = {
  // The usual settings of a role demand a reason.
  extend: aged(given(ofLater.extend, { reason: lasting.reason })),
  release: aged(ofLater.release),
  'a revoke': aged(ofLater['a revoke']),
  'a revoke in the first five minutes': byClock(given(ofLater['a revoke'], { timeout: '10m' })),
  'a revoke of what waits for a person': {
    grants,
    prepare: async (scene) => {
      approval(scene);
      await scene.main(jobOf('waiting', 3, { ...lease, wait: 'false' }));
      return { job: jobOf('doomed', 1, { ...pim.inputs.one, operation: 'revoke' }), stage: 'main' };
    },
    ...approved,
  },
} as const satisfies Readonly<Record<string, Story>>;

/** What post does. */
export const posts = {
  alone: aged(ofPost.alone),
  'in its first five minutes': ofPost.alone,
  'beside one that ends earlier': aged(ofPost['beside one that ends earlier']),
  'beside one that ends later': aged(ofPost['beside one that ends later']),
  'of four grants on two scopes': aged(ofPost['of four grants on two accounts']),
  'of a main step that was killed': aged(afterKilled(pim, 'roleAssignmentScheduleRequests.put')),
  'of what a person has to approve': {
    grants,
    prepare: atPost({ ...lease, wait: 'false' }, approval),
    ...approved,
  },
} as const satisfies Readonly<Record<string, Story>>;
