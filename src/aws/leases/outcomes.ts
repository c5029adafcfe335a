import type { Desk } from './desk.ts';

export function requestIdOf({ assignment }: Desk): string | null {
  return assignment.operation()?.requestId ?? null;
}
