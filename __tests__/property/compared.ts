import type { Grant } from '../../src/access/grant.ts';
import type { Outcome } from './expected.ts';
import type { Understood } from './in-process.ts';

/** Differences between a result and the possible outcomes; empty for one of them. */
export function differences(
  understood: Understood,
  outcomes: readonly Outcome[],
  inWords: (grant: Grant) => string,
): string | null {
  const problems = outcomes.map((outcome) => differenceFrom(outcome, understood, inWords));
  return problems.includes(null) ? null : problems.join('\n or ');
}

function differenceFrom(expected: Outcome, found: Understood, inWords: (grant: Grant) => string): string | null {
  if (expected.kind !== found.kind) return `${describe(expected)} was expected, and it is ${inShort(found, inWords)}`;
  switch (expected.kind) {
    case 'fault': {
      if (found.kind !== 'fault') return 'another kind';
      if (found.requests > 0) return `${found.requests} requests were made before the fault was told`;
      const same = found.inputs.join(' ') === expected.inputs.join(' ');
      return same ? null : `faults in ${expected.inputs.join(', ')} were expected, and they are: ${found.text}`;
    }
    case 'refusal': {
      const { text, byCloud } = found as Extract<Understood, { kind: 'refusal' }>;
      if (byCloud) return null;
      const missing = expected.about.filter((it) => !text.includes(it));
      return missing.length === 0 ? null : `the refusal does not name ${missing.join(', ')}: ${text}`;
    }
    case 'grants': {
      const { grants, notices } = found as Extract<Understood, { kind: 'grants' }>;
      const texts = grants.map(inWords);
      const missing = expected.grants.filter((it) => !texts.includes(it));
      const more = texts.filter((it) => !expected.grants.includes(it));
      const unsaid = expected.leftOut.filter((it) => !notices.includes(it));
      const problems = [
        ...(missing.length === 0 ? [] : [`missing: ${missing.slice(0, 5).join('; ')} (${missing.length})`]),
        ...(more.length === 0 ? [] : [`too many: ${more.slice(0, 5).join('; ')} (${more.length})`]),
        ...(new Set(texts).size === texts.length ? [] : ['a grant is there twice']),
        ...(unsaid.length === 0 ? [] : [`no notice says that ${unsaid.join(', ')} was left out: ${notices}`]),
      ];
      return problems.length === 0 ? null : problems.join('; ');
    }
  }
}

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'fault':
      return `a fault in ${outcome.inputs.join(', ')}`;
    case 'refusal':
      return `a refusal about ${outcome.about.join(', ')}`;
    case 'grants':
      return `${outcome.grants.length} grants (${outcome.grants.slice(0, 3).join('; ')})`;
  }
}

function inShort(found: Understood, inWords: (grant: Grant) => string): string {
  if (found.kind !== 'grants') return `a ${found.kind}: ${found.text}`;
  return `${found.grants.length} grants (${found.grants.map(inWords).slice(0, 3).join('; ')})`;
}
