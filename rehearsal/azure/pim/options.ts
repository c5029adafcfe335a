/** Differences of Privileged Identity Management from the ordinary one. Times in ms. */
export interface PimOptions {
  /**
   * Duration of a request, all of it before the response to its PUT; default between 2000 and 4000
   * (docs/design/azure.md#pim-requests).
   */
  readonly takesMs?: number;
  /**
   * Time after its beginning in which requests that change an access do not find it; default 60,000
   * (docs/design/azure.md#the-first-five-minutes).
   */
  readonly unfoundMs?: number;
  /**
   * True if permanent role assignments that were not made here are not schedules. Unverified either way; by default
   * they are, so that no caller counts every entry as a lease.
   */
  readonly hidesPermanent?: boolean;
  /** Eligibilities; default none. */
  readonly eligible?: readonly Eligibility[];
  /**
   * The tenant has no license for it: its lists are refused. Code of the reference of errors; the status is not known
   * for sure.
   */
  readonly unlicensed?: boolean;
  /** An access goes so long after its end; default 0. */
  readonly endsLateMs?: number;
}

/** An eligible assignment (docs/design/azure.md#pim-lists). */
export interface Eligibility {
  readonly scope: string;
  /** Name or GUID. */
  readonly role: string;
  readonly principalId: string;
  /** ms epoch; default never. */
  readonly endAt?: number;
}
