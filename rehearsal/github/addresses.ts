/** The addresses that answers speak of. */
export interface Addresses {
  /** Of the REST API. */
  readonly api: string;
  readonly web: string;
}
