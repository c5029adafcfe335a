import { Refusal } from '#access/errors';
import type { PlanDocument, Planning } from '#access/plan/document';
import type { Approval } from './action/approval/approval.ts';
import type { Inputs } from './action/inputs/inputs.ts';
import { noPlan, type PlanOutputs } from './action/report/outputs.ts';
import { addOutcome, keepPlan } from './action/report/plan-output.ts';

/** A plan on its way into its files. */
export interface KeptPlan {
  readonly planning: Planning;
  /** The files that were written, with the notices that were not known before the step ended. */
  readonly kept: (notices: readonly string[]) => PlanOutputs;
  /** Writes into them why the step refused the plan, if it did. */
  readonly refused: (error: unknown) => void;
}

/** The handling of the plan, and the place that it was written to. */
export function planningOf(
  { cloud, planning: { wanted, expected, planFor, file } }: Inputs<unknown>,
  dryRun: boolean,
  folder: string | undefined,
  approvals: readonly Approval[],
): KeptPlan {
  let written: { readonly document: PlanDocument; readonly outputs: PlanOutputs } | null = null;
  const onPlan: Planning['onPlan'] = (document) => {
    written = { document, outputs: keepPlan(document, { file, always: dryRun, folder, approvals }) };
  };
  return {
    planning: { cloud, wanted, expected, planFor, onPlan },
    kept: (notices) => {
      if (written !== null) addOutcome(written.document, written.outputs, notices, null, approvals);
      return written?.outputs ?? noPlan;
    },
    refused: (error) => {
      if (written === null || !(error instanceof Refusal)) return;
      addOutcome(written.document, written.outputs, [], error.message, approvals);
    },
  };
}
