import type { Planning } from '#access/plan/document';
import type { Approval } from './action/approval/approval.ts';
import type { Inputs } from './action/inputs/inputs.ts';
import { noPlan, type PlanOutputs } from './action/report/outputs.ts';
import { addNotices, keepPlan } from './action/report/plan-output.ts';

/** A plan on its way into its files. */
export interface KeptPlan {
  readonly planning: Planning;
  /** The files that were written, with the notices that were not known before the step ended. */
  readonly kept: (notices: readonly string[]) => PlanOutputs;
}

/** The handling of the plan, and the place that it was written to. */
export function planningOf(
  { cloud, planning: { wanted, expected, planFor, file } }: Inputs<unknown>,
  dryRun: boolean,
  folder: string | undefined,
  approvals: readonly Approval[],
): KeptPlan {
  let kept: PlanOutputs = noPlan;
  let addTo: ((notices: readonly string[]) => void) | null = null;
  const onPlan: Planning['onPlan'] = (document) => {
    kept = keepPlan(document, { file, always: dryRun, folder, approvals });
    addTo = (notices) => {
      addNotices(document, kept, notices, approvals);
    };
  };
  return {
    planning: { cloud, wanted, expected, planFor, onPlan },
    kept: (notices) => {
      addTo?.(notices);
      return kept;
    },
  };
}
