import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { Storm } from '../../rehearsal/storm.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import type { Chronicle, GrantStory, Note, Purpose } from './chronicle.ts';
import type { History } from './plan.ts';
import type { RunNames } from './runs.ts';
import type { HistoryContext } from './context.ts';
import type { Watch } from './watch.ts';

/** One way of keeping leases, as far as histories need its own words. */
export interface CloudSide {
  readonly world: (history: History) => WorldOptions;
  readonly watch: (world: HistoryContext['world'], history: History) => Watch;
  /** What stands there before the first actor comes. */
  readonly begin: (context: HistoryContext) => Promise<void>;
  readonly storms: (context: HistoryContext) => readonly Storm[];
  /** How the requests of a process are told from others'. */
  readonly sign: (run: RunNames, purpose: Purpose) => Signed;
  /** What the results of a step call the role of a grant, or how that ends. */
  readonly roleId: (grant: number) => string;
  readonly inputs: {
    /** To assign or revoke these. */
    readonly grants: (context: HistoryContext, grants: readonly number[]) => Step['inputs'];
    /** To release or extend by a lease id. */
    readonly byId: (context: HistoryContext) => Step['inputs'];
    readonly sweep: (context: HistoryContext) => Step['inputs'];
  };
  /** Whether a step that has reported an end stands for it. */
  readonly isBinding: (result: StepResult) => boolean;
  /** Whether a step that gives back has said that what it took may stay, and until when. */
  readonly saysItStays: (result: StepResult) => boolean;
  /** Whether anybody ends the lease of a job that GitHub calls over. */
  readonly asksForJobs: boolean;
  /** Who holds a grant by its records, and until when in ms epoch. */
  readonly holders: (context: HistoryContext, grant: number) => readonly Holding[];
  /** Somebody grants by hand, if it is to be: what it comes to, `null` where nothing was done. */
  readonly grantByHand: (context: HistoryContext, grant: number, isFree: boolean) => 'protected' | 'unclear' | null;
  /** Nothing of ours holds it, or is still to touch it; whether somebody is at work is asked elsewhere. */
  readonly isFree: (context: HistoryContext, grant: number) => boolean;
  readonly hasRecords: (context: HistoryContext) => boolean;
  /** When all ends are over, and what they set off: ms epoch. */
  readonly lastEnd: (context: HistoryContext) => number;
  readonly storyOf: (context: HistoryContext, grant: number) => GrantStory;
  /** Every request that matters, in words. */
  readonly requestNotes: (context: HistoryContext) => readonly Note[];
  /** What the protocol promises on this cloud alone. */
  readonly findings: (chronicle: Chronicle) => readonly string[];
  /** What a history had in it on this cloud alone. */
  readonly features: (chronicle: Chronicle) => Readonly<Record<string, boolean>>;
}

interface Signed {
  readonly env: NonNullable<Step['env']>;
  readonly isOurs: (entry: JournalEntry) => boolean;
}

interface Holding {
  readonly actor: string;
  readonly end: number;
}
