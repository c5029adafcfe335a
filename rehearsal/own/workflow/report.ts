import { asShown, inputsAsShown } from '../../show/as-shown.ts';
import type { KeptPart } from '../../show/keep.ts';
import { stepPage } from '../../show/page.ts';
import { stepSections, type WrittenStep } from '../../show/sections.ts';
import type { Style } from '../../show/style.ts';
import type { StepResult } from '../../runner/step.ts';

/** Shows a rehearsal in progress, and gathers the files to keep. */
export interface Report {
  readonly style: Style;
  readonly parts: readonly KeptPart[];
  /** A line or a few. */
  note(text: string): void;
  /** @param step `null`: known to the reader */
  step(caption: string, step: WrittenStep | null, result: StepResult): void;
  /** Kept, and not shown. */
  keep(caption: string, result: StepResult): void;
  /** Kept, and not shown: the sections of a script, by their names. */
  script(caption: string, sections: Readonly<Record<string, string>>): void;
}

export function makeReport(style: Style, say: (text: string) => void): Report {
  const parts: KeptPart[] = [];
  const kept = (caption: string, step: WrittenStep | null, result: StepResult): KeptPart => {
    const shown = asShown(result);
    return { caption, sections: stepSections({ step, result: shown }), result: shown };
  };
  return {
    style,
    parts,
    note: say,
    step: (caption, step, result) => {
      const written = step === null ? null : { ...step, inputs: inputsAsShown(step.inputs) };
      parts.push(kept(caption, written, result));
      say(stepPage({ caption, step: written, result: asShown(result) }, style));
    },
    keep: (caption, result) => {
      parts.push(kept(caption, null, result));
    },
    script: (caption, sections) => {
      const all = Object.entries(sections).map(([name, text]) => ({ name, text }));
      parts.push({ caption, sections: all, result: null });
    },
  };
}
