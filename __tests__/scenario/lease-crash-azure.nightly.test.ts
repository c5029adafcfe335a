import { azure } from './lease-azure.ts';
import { later, mains, posts, sweeps } from './lease-crash-azure.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { withHeir, withoutPost } from './lease-crash-stories.ts';

const strikeEach = striking('Azure', azure);
const atOnce = 'that is struck when another job takes a lease at once';

strikeEach('a main step that takes a lease, struck at each of its requests (P4, P5)', mains);
strikeEach('a main step whose runner is lost', each(mains, withoutPost));
strikeEach('a post step that ends a lease, struck at each of its requests (P4, P5)', posts);
strikeEach('a sweep, struck at each of its requests (P4, P5)', sweeps);
strikeEach('a step about an existing lease, struck at each of its requests', later);
strikeEach(`a main step ${atOnce}`, each(mains, withHeir));
strikeEach(`a post step ${atOnce}`, each(posts, withHeir));
// Beside the new lease, what no longer counts stays: it takes another sweep after that.
strikeEach(
  `a sweep ${atOnce}`,
  each(sweeps, (story) => ({ ...withHeir(story), gone: 'sweep' })),
);

expectStrikes('steps about leases on Azure', 750);
