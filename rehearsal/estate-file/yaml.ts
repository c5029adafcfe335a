import { readFileSync } from 'node:fs';

import { LineCounter, parse, parseDocument } from 'yaml';

import type { Fault, Path } from './shape-faults.ts';

/** A fault in a person's file, in words. */
export class Unusable extends Error {}

/** Reads a file that a person wrote. Throws Unusable. */
export function readYaml(path: string): unknown {
  const written = contentOf(path);
  try {
    return parse(written);
  } catch (error) {
    throw new Unusable(`${path} is not YAML: ${(error as Error).message}`, { cause: error });
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Unusable(code === 'ENOENT' ? `There is no file ${path}.` : `${path} cannot be read: ${message}`, {
      cause: error,
    });
  }
}

/** All faults of a file, each with the line that it is in. */
export function toldFaults(path: string, faults: readonly Fault[]): string {
  const lines = new LineCounter();
  const document = parseDocument(contentOf(path), { lineCounter: lines });
  const lineOf = (at: Path): string => {
    for (let depth = at.length; depth > 0; depth -= 1) {
      const node: unknown = document.getIn(at.slice(0, depth), true);
      const range = (node as { readonly range?: readonly [number, ...unknown[]] } | undefined)?.range;
      if (range !== undefined) return `line ${lines.linePos(range[0]).line}, `;
    }
    return '';
  };
  const said = faults.map((fault) => {
    const where = `${lineOf(fault.path)}${nameOf(fault.path)}`;
    return `  ${where === '' ? '' : `${where}: `}${fault.says}`;
  });
  const [count, verb] = faults.length === 1 ? ['One thing', 'is'] : [`${faults.length} things`, 'are'];
  return `${count} in ${path} ${verb} not as an estate has them:\n${said.join('\n')}`;
}

function nameOf(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
