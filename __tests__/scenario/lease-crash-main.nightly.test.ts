import { aws } from './lease-aws.ts';
import { mains, unrecorded } from './lease-crash-aws.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { withHeir, withoutPost } from './lease-crash-stories.ts';

const strikeEach = striking('AWS', aws);

strikeEach('a main step that takes a lease, struck at each of its requests (P4)', {
  ...mains,
  'without records': unrecorded,
});
strikeEach('a main step whose runner is lost', each(mains, withoutPost));
strikeEach('a main step that is struck when another job takes a lease at once', each(mains, withHeir));

expectStrikes('main steps that take leases', 900);
