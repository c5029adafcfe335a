import { actorOf } from '../runs.ts';

/** A holder's second number is its run, in base 36. */
export function runOf(holder: string): string {
  return String(Number.parseInt(holder.split('.')[1] ?? '', 36));
}

export function holderActor(holder: string): string {
  return actorOf(`-${runOf(holder)}-`);
}
