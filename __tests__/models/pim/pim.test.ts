import { testSmallWorlds } from '../small-worlds.ts';
import { pim } from './run.ts';

testSmallWorlds('a lease through Privileged Identity Management', pim);
