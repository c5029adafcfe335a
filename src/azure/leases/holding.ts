import type { Budget } from '#access/clock';
import type { Assignment } from '#access/grant';
import { admit, type Ender } from '#access/leases/admission';
import type { LeaseId } from '#access/request';
import type { AzureSession } from '../session.ts';
import { remembered } from '../remembered.ts';
import { otherCaller } from './admission.ts';
import { newHolderName } from './records/holder-names.ts';
import { whereOf, writeLeaseId } from './lease-id.ts';

/** One step run as a holder, with what it leases. */
export interface Holding {
  /** Its name. */
  readonly holder: string;
  /** Which grants it takes leases of, for the lease id that they share; `count` of them are not there yet. */
  announce(grants: readonly Assignment[], count: number): void;
  /** Of all that it leases, or of a grant that another holds. */
  leaseId(grant: Assignment, holder: string, how: HowLeased): LeaseId;
  /** Throws where leases were taken as somebody else. */
  admit(budget: Budget): Promise<void>;
}

export interface HowLeased {
  readonly keepAfterJob: boolean;
  readonly pim: boolean;
  readonly areDelegated: boolean;
}

export function openHolding(session: AzureSession): Holding {
  const { origin, randomBytes } = session.tools;
  const holder = newHolderName(origin, randomBytes);
  let leased: readonly Assignment[] = [];
  let counted = 0;
  const admitted = remembered((budget) => admit(enderIn(session, budget)));
  return {
    holder,
    announce: (grants, count) => {
      leased = [...leased, ...grants];
      counted += count;
    },
    leaseId: (grant, name, { keepAfterJob, pim, areDelegated }) => {
      const where = name === holder ? whereOf(leased, counted, areDelegated) : whereOf([grant], 1, areDelegated);
      return writeLeaseId({ holder: name, keepAfterJob, pim, where });
    },
    admit: admitted,
  };
}

function enderIn(session: AzureSession, budget: Budget): Ender {
  const { caller: takenBy, signIn } = session.settings;
  const caller = async (): Promise<string> => (await session.caller(budget)).objectId ?? 'somebody';
  return { takenBy, isAnew: signIn.kind === 'federated', caller, otherCaller };
}
