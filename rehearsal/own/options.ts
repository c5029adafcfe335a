/** A step that a person wants to rehearse. */
export interface OwnOptions {
  /** The path of an estate, `null` for the one of the rehearsal. */
  readonly estate: string | null;
  /** Folder of the repository, `null` for none. */
  readonly files: string | null;
  readonly from:
    | { readonly kind: 'step'; readonly path: string }
    | { readonly kind: 'workflow'; readonly path: string; readonly id: string };
  /** The event that the job runs on, `null` for the workflow's own. */
  readonly event: string | null;
  /** The values of expressions: `inputs.team` → `Payments On-Call`. */
  readonly values: ReadonlyMap<string, string>;
  /** The folder that keeps plan, results and summaries; `null` for none. */
  readonly keep: string | null;
}

/** A wrong command, or a fault in one of the files that it names, in words. */
export class Misuse extends Error {}
