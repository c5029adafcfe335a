import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { later, mains, posts } from './lease-crash-pim.ts';
import { withHeir, withoutPost, type Story } from './lease-crash-stories.ts';
import { pim } from './lease-pim.ts';

const strikeEach = striking('Privileged Identity Management', pim);

/** The last holder relies on it too. */
function besideHeir(story: Story): Story {
  return { ...withHeir(story), gone: story.gone === 'never' ? 'never' : 'clock' };
}

const atOnce = 'that is struck when another job takes a lease at once';

strikeEach('a main step that takes a lease, struck at each of its requests (P4, P5)', mains);
strikeEach('a main step whose runner is lost', each(mains, withoutPost));
strikeEach('a post step that ends a lease, struck at each of its requests (P4, P5)', posts);
strikeEach('a step about an existing lease, struck at each of its requests', later);
strikeEach(`a main step ${atOnce}`, each(mains, besideHeir));
strikeEach(`a post step ${atOnce}`, each(posts, besideHeir));

expectStrikes('steps about leases through Privileged Identity Management', 1_600);
