import { aws } from './lease-aws.ts';
import { posts } from './lease-crash-aws.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { isWhole, killedAfter, killedOrCancelled, someBlows } from './lease-crash-runs.ts';
import { withHeir } from './lease-crash-stories.ts';

const strikeEach = striking('AWS', aws, { blows: killedAfter, every: 1 });

// Without records nobody is told from another: the post step says so, and who comes next is not kept from it.
const recorded = Object.fromEntries(Object.entries(posts).filter(([name]) => !name.startsWith('without records')));
const { alone } = posts;

strikeEach('a post step that gives back a lease, struck at each of its requests (P4)', posts, {
  alone: { blows: someBlows, every: 1 },
  'beside one that ends earlier': { blows: killedOrCancelled, every: 1 },
  'of four grants on two accounts': { blows: killedAfter, every: 3 },
});
strikeEach(
  'a post step that is struck when somebody else takes a lease at once',
  each(isWhole ? recorded : { alone }, withHeir),
);

expectStrikes('post steps', 120);
