import { aws } from './lease-aws.ts';
import { mains, unrecorded } from './lease-crash-aws.ts';
import { each, striking } from './lease-crash-each.ts';
import { expectStrikes } from './lease-crash-figures.ts';
import { isWhole, killedAfter, someBlows } from './lease-crash-runs.ts';
import { withHeir, withoutPost } from './lease-crash-stories.ts';

const strikeEach = striking('AWS', aws, { blows: killedAfter, every: 1 });

const { alone } = mains;
const many = 'of four grants on two accounts';
const ofMany = { [many]: { blows: killedAfter, every: 3 } } as const;

strikeEach(
  'a main step that takes a lease, struck at each of its requests (P4)',
  { ...mains, 'without records': unrecorded },
  { ...ofMany, alone: { blows: someBlows, every: 1 } },
);
strikeEach(
  'a main step whose runner is lost',
  each(isWhole ? mains : { alone, [many]: mains[many] }, withoutPost),
  ofMany,
);
strikeEach(
  'a main step that is struck when somebody else takes a lease at once',
  each(isWhole ? mains : { alone }, withHeir),
);

expectStrikes('main steps that take leases', 175);
