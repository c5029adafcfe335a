/** What every answer of the SDK carries besides what was asked for. */
export interface Answered {
  readonly $metadata: { readonly httpStatusCode?: number | undefined; readonly requestId?: string | undefined };
}

/** A success without what was asked for, or with something else in its place, as somebody between us and AWS might make one: it says nothing. */
export class Incomplete extends Error {
  override readonly name = 'Incomplete';
  /** As the SDK's own errors have it. */
  readonly $metadata: Answered['$metadata'];

  /** @param fault what is wrong with the member */
  constructor(member: string, { $metadata }: Answered, fault = 'is missing or of another type') {
    super(`the answer is not the documented one: ${member} ${fault}`);
    this.$metadata = $metadata;
  }
}

/**
 * A member that AWS always sends, though its type calls it optional. To be called while the answer is read: then it is
 * asked for again.
 */
export function whole<T>(value: T | undefined, member: string, answer: Answered): T {
  if (value === undefined) throw new Incomplete(member, answer);
  return value;
}
