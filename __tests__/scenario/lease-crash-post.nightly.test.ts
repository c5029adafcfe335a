import { aws } from './lease-aws.ts';
import { posts } from './lease-crash-aws.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { withHeir } from './lease-crash-stories.ts';

const strikeEach = striking('AWS', aws);

// Without records the post step cannot know other holders: it says so, and the next lease does not hold it back.
const recorded = Object.fromEntries(Object.entries(posts).filter(([name]) => !name.startsWith('without records')));

strikeEach('a post step that ends a lease, struck at each of its requests (P4)', posts);
strikeEach('a post step that is struck when another job takes a lease at once', each(recorded, withHeir));

expectStrikes('post steps', 550);
