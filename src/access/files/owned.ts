import { notPrincipalType } from '../messages/access-files.ts';
import type { Owned } from './access-file.ts';
import { readFlag } from './flags.ts';
import { readMapping } from './mapping.ts';
import type { Reading } from './rows.ts';
import { checkOrEvery, checkTargets } from './selectors.ts';
import { readList, readLines, type PlacedText } from './texts.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Reads `owns`; `null` where it is no mapping. */
export function readOwned(node: YamlNode, reading: Reading): Owned | null {
  const { grammar, sink, examples } = reading;
  const keys = { required: ['roles', 'targets'], optional: ['principals', ...(grammar.belowTargets ? ['below'] : [])] };
  const example = (key: string | null): string => (key === null ? examples.owns : examples.of(key));
  const values = readMapping(node, 'owns', keys, example, sink);
  if (values === null) return null;
  const linesOf = (key: string): readonly PlacedText[] => {
    const lines = values.get(key);
    return lines === undefined ? [] : readLines(lines, key, examples.of(key), sink);
  };
  const { targets, exclusions } = checkTargets(linesOf('targets'), { grammar, sink, example: examples.of('targets') });
  return {
    place: sink.placeOf(node.at),
    principals: null,
    principalTypes: typesOf(values.get('principals'), reading),
    roles: checkOrEvery('role', linesOf('roles'), { grammar, sink, example: examples.of('roles') }),
    targets,
    exclusions,
    below: readFlag(values.get('below'), 'below', reading),
  };
}

function typesOf(
  node: YamlNode | undefined,
  { grammar: { principalTypes, ownedPrincipalTypes }, examples, sink }: Reading,
): readonly string[] | null {
  if (node === undefined) return ownedPrincipalTypes;
  const example = examples.of('principals');
  return readList(node, 'principals', example, sink).map(({ text, at }) => {
    if (!principalTypes.includes(text)) sink.add(at, notPrincipalType(principalTypes), example);
    return text;
  });
}
