import { settingsOf, type Asked, type Values } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import { pimInputs, type propertyInputs } from '../../inputs.ts';
import { leaseOf } from '../inputs.ts';
import type { PimSettings } from '../../settings.ts';

type Given = Values<typeof pimInputs & typeof propertyInputs>;

/** Whether Privileged Identity Management is asked, by the step's own words or by the lease that it is about. */
function isThroughPim(given: Given, asked: Asked): boolean {
  return given['azure-pim'] || leaseOf(asked)?.pim === true;
}

export function pimOf(given: Given, asked: Asked): PimSettings | null {
  if (!isThroughPim(given, asked)) return null;
  return settingsOf(pimInputs, given);
}

/** What has no place in a request, and what means nothing without one. */
export function pimFaults(given: Given, asked: Asked): readonly Fault[] {
  if (!isThroughPim(given, asked)) {
    const tickets = (['ticket-number', 'ticket-system'] as const).filter((input) => given[input] !== null);
    return tickets.map((input) => ({
      input,
      problem: 'means nothing without azure-pim: only requests to Privileged Identity Management name a ticket',
      cause: 'azure-pim',
      example: { of: 'azure-pim', value: 'true' },
    }));
  }
  const faults: Fault[] = [];
  if (asked.operation === 'assign' && asked.lifetime.kind === 'permanent') {
    const problem = 'is true, and lifetime is permanent: what is granted through it ends by itself';
    faults.push({ input: 'azure-pim', problem, cause: 'lifetime', example: { of: 'lifetime', value: '2h' } });
  }
  const strangers = {
    description: 'reason is what a request has instead',
    'assignment-name': 'Azure names what it makes for a request',
    'delegated-managed-identity-resource-id': 'a request cannot have one',
  } as const;
  for (const [input, why] of Object.entries(strangers)) {
    if (given[input as keyof typeof strangers] === null) continue;
    faults.push({ input, problem: `means nothing with azure-pim: ${why}`, cause: 'azure-pim', example: takeOut });
  }
  return faults;
}
