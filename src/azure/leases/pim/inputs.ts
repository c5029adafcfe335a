import { settingsOf, type Asked, type Values } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import { pimInputs, type propertyInputs } from '../../inputs.ts';
import { leaseOf } from '../inputs.ts';
import { notWithPim, pimNeedsLifetime, ticketNeedsPim } from '../../messages/inputs.ts';
import type { PimSettings } from '../../settings.ts';

type Given = Values<typeof pimInputs & typeof propertyInputs>;

/** True if the step uses Privileged Identity Management, by its input or by its lease ID. */
function isThroughPim(given: Given, asked: Asked): boolean {
  return given['azure-pim'] || leaseOf(asked)?.pim === true;
}

export function pimOf(given: Given, asked: Asked): PimSettings | null {
  if (!isThroughPim(given, asked)) return null;
  return settingsOf(pimInputs, given);
}

/** Inputs that a request cannot have, and inputs that need one. */
export function pimFaults(given: Given, asked: Asked): readonly Fault[] {
  if (!isThroughPim(given, asked)) {
    const tickets = (['ticket-number', 'ticket-system'] as const).filter((input) => given[input] !== null);
    return tickets.map((input) => ({
      input,
      problem: ticketNeedsPim,
      cause: 'azure-pim',
      example: { of: 'azure-pim', value: 'true' },
    }));
  }
  const faults: Fault[] = [];
  if (asked.operation === 'assign' && asked.lifetime.kind === 'permanent') {
    faults.push({
      input: 'azure-pim',
      problem: pimNeedsLifetime,
      cause: 'lifetime',
      example: { of: 'lifetime', value: '2h' },
    });
  }
  for (const [input, problem] of Object.entries(notWithPim)) {
    if (given[input as keyof typeof notWithPim] === null) continue;
    faults.push({ input, problem, cause: 'azure-pim', example: takeOut });
  }
  return faults;
}
