import type { Desk } from '../desk/desk.ts';

export function requestIdOf({ assignment }: Desk): string | null {
  return assignment.operation()?.requestId ?? null;
}
