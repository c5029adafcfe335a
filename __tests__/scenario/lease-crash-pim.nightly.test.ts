import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { later, mains, posts } from './lease-crash-pim.ts';
import { isWhole, killedAfter, someBlows } from './lease-crash-runs.ts';
import { withHeir, withoutPost, type Story } from './lease-crash-stories.ts';
import { pim } from './lease-pim.ts';

/** With `MATRIX=all`: each signal and moment at one request in five, and a kill at one in eleven; ordinary tests strike a part of that. */
const most = { blows: someBlows, every: 5 } as const;
const rest = { blows: killedAfter, every: 11 } as const;

const strikeEach = striking('Privileged Identity Management', pim, rest);

/** Whoever comes last relies on it too. */
function besideHeir(story: Story): Story {
  return { ...withHeir(story), gone: story.gone === 'never' ? 'never' : 'clock' };
}

const [{ alone: main }, { alone: post }] = [mains, posts];
const atOnce = 'that is struck when somebody else takes a lease at once';

strikeEach('a main step that takes a lease, struck at each of its requests (P4, P5)', mains, { alone: most });
strikeEach('a main step whose runner is lost', each(isWhole ? mains : { alone: main }, withoutPost));
strikeEach('a post step that gives back a lease, struck at each of its requests (P4, P5)', posts, { alone: most });
strikeEach('a step about a lease that is there, struck at each of its requests', later);
strikeEach(`a main step ${atOnce}`, each(isWhole ? mains : { alone: main }, besideHeir));
strikeEach(`a post step ${atOnce}`, each(isWhole ? posts : { alone: post }, besideHeir));

expectStrikes('steps about leases through Privileged Identity Management', 60);
