/** An error answer of ARM: `{"error":{"code","message"}}` (reference §2.1). */
export class ArmRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** An id as role assignment errors write it: 32 hex digits without hyphens (reference §2.3; bicep#19936). */
export function bare(guid: string): string {
  return guid.replaceAll('-', '').toLowerCase();
}
