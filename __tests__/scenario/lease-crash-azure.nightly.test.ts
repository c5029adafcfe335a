import { azure } from './lease-azure.ts';
import { later, mains, posts, sweeps } from './lease-crash-azure.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { isWhole, killedAfter, someBlows } from './lease-crash-runs.ts';
import { withHeir, withoutPost } from './lease-crash-stories.ts';

/** With `MATRIX=all`: each signal and moment at every other request, and a kill at one in six; ordinary tests strike a part of that. */
const most = { blows: someBlows, every: 2 } as const;
const rest = { blows: killedAfter, every: 6 } as const;

const strikeEach = striking('Azure', azure, rest);

const [{ alone: main }, { alone: post }, { 'of an ended job': sweep }] = [mains, posts, sweeps];
const atOnce = 'that is struck when somebody else takes a lease at once';

strikeEach('a main step that takes a lease, struck at each of its requests (P4, P5)', mains, { alone: most });
strikeEach('a main step whose runner is lost', each(isWhole ? mains : { alone: main }, withoutPost));
strikeEach('a post step that gives back a lease, struck at each of its requests (P4, P5)', posts, { alone: most });
strikeEach('a sweep, struck at each of its requests (P4, P5)', sweeps);
strikeEach('a step about a lease that is there, struck at each of its requests', later);
strikeEach(`a main step ${atOnce}`, each(isWhole ? mains : { alone: main }, withHeir));
strikeEach(`a post step ${atOnce}`, each(isWhole ? posts : { alone: post }, withHeir));
// Beside the heir, what does not count any more stays: it takes another sweep after that.
strikeEach(
  `a sweep ${atOnce}`,
  each(isWhole ? sweeps : { 'of an ended job': sweep }, (story) => ({ ...withHeir(story), gone: 'sweep' })),
);

expectStrikes('steps about leases on Azure', 65);
