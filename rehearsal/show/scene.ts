import type { Step, StepSignal } from '../runner/step.ts';
import type { World, WorldOptions } from '../world.ts';

/** A part of the show, with its expected end. */
export interface Scene extends Act {
  readonly title: string;
  /** Introduces it to a reader. */
  readonly note?: string;
  /** Set for a world of its own; scenes without follow one another in the same one. */
  readonly world?: WorldOptions;
  /** Its further parts, in the same world. */
  readonly then?: readonly (Act | PostStep | Interlude)[];
}

/** A step of a job. */
export interface Act {
  /** Its title, where a scene has several parts. */
  readonly caption?: string;
  /** Its job, where a scene has several: a name of the scene's own. */
  readonly job?: string;
  /** The attempt of the job's run; default the first. */
  readonly attempt?: string;
  readonly before?: (world: World) => void;
  /** On Azure they depend on the addresses of its servers. */
  readonly inputs: Step['inputs'] | ((world: World) => Step['inputs']);
  /** Files that its job has checked out. */
  readonly files?: Step['files'];
  readonly signals?: readonly StepSignal[];
  readonly expected: Expectation;
}

/** The post step of a job, with the inputs and the saved state of that job's step. */
export interface PostStep {
  readonly caption: string;
  readonly post: string;
  readonly expected: Expectation;
}

/** Time in which no step runs. */
export interface Interlude {
  readonly caption: string;
  readonly passMs: number;
  readonly expected: Pick<Expectation, 'changes' | 'access'>;
}

export interface Expectation {
  /** `null` where it is killed. */
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string | RegExp>>;
  /** The number of changes that took effect in the cloud. */
  readonly changes: number;
  /** True if the scene's access exists afterwards; absent where it is not checked. */
  readonly access?: Access;
}

export type Access = 'there' | 'gone';
