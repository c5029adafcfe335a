import type { Mapping } from '../../shape.ts';
import type { DispatchInputs } from '../dispatch-inputs.ts';

/** Work of a workflow, in its order. */
export interface WorkflowPlan {
  readonly path: string;
  readonly file: string;
  readonly name: string;
  readonly document: Mapping;
  readonly event: string;
  readonly ref: string;
  readonly inputs: DispatchInputs['inputs'];
  readonly jobs: readonly JobPlan[];
}

export interface JobPlan {
  readonly id: string;
  readonly document: Mapping;
  readonly needs: readonly string[];
  readonly condition: string | null;
  /** The workflow that it calls, which is not run; `null` for a job with steps. */
  readonly calls: string | null;
  readonly steps: readonly StepPlan[];
}

export interface StepPlan {
  readonly document: Mapping;
  readonly id: string | null;
  readonly title: string;
  /** `action`: this action; `script`: a `run` that the rehearsal runs; `other`: everything that it does not run. */
  readonly kind: 'action' | 'script' | 'other';
  readonly condition: string | null;
}

/** A workflow that a person wants to rehearse. */
export interface WorkflowRequest {
  readonly path: string;
  /** `null` for the workflow's own. */
  readonly event: string | null;
  /** The values of expressions, by their text. */
  readonly values: ReadonlyMap<string, string>;
}
