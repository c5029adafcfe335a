import { readingBudget } from '../../clock.ts';
import type { Run } from '../../engine/run.ts';
import type { LeaseRequest } from '../../request.ts';
import type { LeaseRunTools } from './each.ts';
import { extend } from './extend.ts';
import { list } from './list.ts';
import { release } from './release.ts';
import { sweep } from './sweep.ts';

/** Carries out an operation on existing leases. */
export async function runLease(request: LeaseRequest, tools: LeaseRunTools): Promise<Run> {
  const { leases } = tools.cloud;
  if (leases === null) throw new TypeError('a cloud without leases declares no operation on them');
  const reading = readingBudget(tools.clock, tools.signal);
  switch (request.operation) {
    case 'release':
      return release(request, leases, tools, reading);
    case 'extend':
      return extend(request, leases, tools, reading);
    case 'list':
      return list(request, leases, tools, reading);
    case 'sweep':
      return sweep(request, leases, tools, reading);
  }
}
