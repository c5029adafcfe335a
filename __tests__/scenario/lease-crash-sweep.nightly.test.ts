import { aws } from './lease-aws.ts';
import { later, sweeps } from './lease-crash-aws.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { isWhole, killedAfter, someBlows } from './lease-crash-runs.ts';
import { withHeir } from './lease-crash-stories.ts';

const strikeEach = striking('AWS', aws, { blows: killedAfter, every: 1 });

const ended = 'of an ended job';

strikeEach('a sweep, struck at each of its requests (P4)', sweeps, { [ended]: { blows: someBlows, every: 1 } });
strikeEach(
  'a sweep that is struck when somebody else takes a lease at once',
  each(isWhole ? sweeps : { [ended]: sweeps[ended] }, withHeir),
);
strikeEach('a step about a lease that is there, struck at each of its requests', later);

expectStrikes('sweeps, and steps about leases that are there', 190);
