import type { StepResult } from '../../rehearsal/runner/step.ts';

/** Every server of a rehearsal is on this machine: any other host of a connection or a look-up is a stranger. */
export function expectOnlyLocal({ witness: { addresses, names }, log }: Pick<StepResult, 'witness' | 'log'>): void {
  const strangers = [...addresses, ...names].filter(
    (it) => !/^(?:127(?:\.\d+){3}|::1|::ffff:127\..+|localhost)$/u.test(it),
  );
  if (strangers.length > 0) throw new Error(`strangers were contacted: ${strangers.join(', ')}\n${log}`);
}
