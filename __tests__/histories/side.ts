import type { JournalEntry } from '../../rehearsal/journal.ts';
import type { Step, StepResult } from '../../rehearsal/runner/step.ts';
import type { Storm } from '../../rehearsal/storm.ts';
import type { WorldOptions } from '../../rehearsal/world.ts';
import type { Chronicle, GrantStory, Note, Purpose } from './chronicle.ts';
import type { History } from './plan.ts';
import type { RunNames } from './runs.ts';
import type { HistoryContext } from './context.ts';
import type { Watch } from './watch.ts';

/** One way of keeping leases, with everything that is specific to it in histories. */
export interface CloudSide {
  readonly world: (history: History) => WorldOptions;
  readonly watch: (world: HistoryContext['world'], history: History) => Watch;
  /** State before the first actor comes. */
  readonly begin: (context: HistoryContext) => Promise<void>;
  readonly storms: (context: HistoryContext) => readonly Storm[];
  /** Recognizes the requests of a process. */
  readonly sign: (run: RunNames, purpose: Purpose) => Signed;
  /** Name of the role of a grant in the results of a step, or the end of that name. */
  readonly roleId: (grant: number) => string;
  readonly inputs: {
    /** To assign or revoke these. */
    readonly grants: (context: HistoryContext, grants: readonly number[]) => Step['inputs'];
    /** To release or extend by a lease ID. */
    readonly byId: (context: HistoryContext) => Step['inputs'];
    readonly sweep: (context: HistoryContext) => Step['inputs'];
  };
  /** True if a step that has reported an end guarantees it. */
  readonly isBinding: (result: StepResult) => boolean;
  /** True if a releasing step has reported that its access can stay, and until when. */
  readonly saysItStays: (result: StepResult) => boolean;
  /** True if some step ends the lease of a job that GitHub reports as over. */
  readonly asksForJobs: boolean;
  /** Holders of a grant by its records, and their ends in ms epoch. */
  readonly holders: (context: HistoryContext, grant: number) => readonly Holding[];
  /** Makes a grant by hand, if possible: its effect, `null` without one. */
  readonly grantByHand: (context: HistoryContext, grant: number, isFree: boolean) => 'protected' | 'unclear' | null;
  /** No lease of it exists, and no request of one is on its way; running steps are checked elsewhere. */
  readonly isFree: (context: HistoryContext, grant: number) => boolean;
  readonly hasRecords: (context: HistoryContext) => boolean;
  /** Time at which all ends are over, with their effects: ms epoch. */
  readonly lastEnd: (context: HistoryContext) => number;
  readonly storyOf: (context: HistoryContext, grant: number) => GrantStory;
  /** Every important request, in words. */
  readonly requestNotes: (context: HistoryContext) => readonly Note[];
  /** Promises of the protocol on this cloud alone. */
  readonly findings: (chronicle: Chronicle) => readonly string[];
  /** Events of a history on this cloud alone. */
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
