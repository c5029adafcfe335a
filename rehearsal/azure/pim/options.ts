/** How Privileged Identity Management differs from the ordinary. Times in ms. */
export interface PimOptions {
  /**
   * How long a request takes, all of it before its PUT is answered; default between 2000 and 4000
   * (docs/design/azure.md#pim-requests).
   */
  readonly takesMs?: number;
  /**
   * So long after its beginning an access is not found by requests that change it; default 60,000
   * (docs/design/azure.md#the-first-five-minutes).
   */
  readonly unfoundMs?: number;
  /** Permanent role assignments that were not made here are no schedules. Unverified either way; by default they are, so that nobody takes every entry for a lease. */
  readonly hidesPermanent?: boolean;
  /** Who may activate what; default none. */
  readonly eligible?: readonly Eligibility[];
  /** The tenant has no licence for it: its lists are refused. Code of the reference of errors; the status is not known for sure. */
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
