import { aws } from './lease-aws.ts';
import { later, sweeps } from './lease-crash-aws.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { withHeir } from './lease-crash-stories.ts';

const strikeEach = striking('AWS', aws);

strikeEach('a sweep, struck at each of its requests (P4)', sweeps);
strikeEach('a sweep that is struck when another job takes a lease at once', each(sweeps, withHeir));
strikeEach('a step about an existing lease, struck at each of its requests', later);

expectStrikes('sweeps, and steps about existing leases', 480);
