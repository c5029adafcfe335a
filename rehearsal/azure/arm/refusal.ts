/** An error answer of ARM: `{"error":{"code","message"}}` (docs/design/azure.md#role-assignments). */
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

/**
 * An ID as role assignment errors write it: 32 hex digits without hyphens (docs/design/azure.md#creating-and-updating;
 * bicep#19936).
 */
export function bare(guid: string): string {
  return guid.replaceAll('-', '').toLowerCase();
}
