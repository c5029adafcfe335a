/** An error answer of a service. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Further members of the error's body, for example Reason or ResourceType. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: string, message: string, more: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.status = more.status ?? 400;
    this.fields = more.fields ?? {};
    this.headers = more.headers ?? {};
  }
}

export interface RefusalDetails {
  /** Client errors of the JSON services, conflicts included, are 400 (iam-identity-center-team#513). */
  readonly status?: number;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}
