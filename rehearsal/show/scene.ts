import type { Step, StepSignal } from '../runner/step.ts';
import type { World, WorldOptions } from '../world.ts';

/** One thing to show, and how it has to end. */
export interface Scene extends Act {
  readonly title: string;
  /** What a reader should know before it. */
  readonly note?: string;
  /** Set for a world of its own; scenes without follow one another in the same one. */
  readonly world?: WorldOptions;
  /** What comes after it, in the same world. */
  readonly then?: readonly (Act | PostStep | Interlude)[];
}

/** A step of a job. */
export interface Act {
  /** What stands above it, where a scene has several. */
  readonly caption?: string;
  /** Which job it belongs to, where a scene has several: a name of the scene's own. */
  readonly job?: string;
  /** Where that job's run was started again. */
  readonly attempt?: string;
  readonly before?: (world: World) => void;
  /** Azure's depend on where its servers are. */
  readonly inputs: Step['inputs'] | ((world: World) => Step['inputs']);
  readonly signals?: readonly StepSignal[];
  readonly expected: Expectation;
}

/** The post step of a job: it has the inputs of that job's step, and what this had saved. */
export interface PostStep {
  readonly caption: string;
  readonly post: string;
  readonly expected: Expectation;
}

/** Time goes by, and nobody is there but the cloud. */
export interface Interlude {
  readonly caption: string;
  readonly passMs: number;
  readonly expected: Pick<Expectation, 'changes' | 'access'>;
}

export interface Expectation {
  /** `null` where it is killed. */
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string | RegExp>>;
  /** How many changes took effect in the cloud. */
  readonly changes: number;
  /** How the access that the scene is about stands afterwards, where that is worth a look. */
  readonly access?: Access;
}

export type Access = 'there' | 'gone';
