import { testSmallWorlds } from '../small-worlds.ts';
import { azure } from './run.ts';

testSmallWorlds('a lease on Azure', azure);
