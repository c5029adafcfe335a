import { neitherTrueNorFalse } from '../messages/access-files.ts';
import type { FileExamples } from './examples.ts';
import type { FaultSink } from './fault-sink.ts';
import { readLine } from './texts.ts';
import type { YamlNode } from './yaml-tree.ts';

/** A switch, off where it is not written. */
export function readFlag(
  node: YamlNode | undefined,
  key: string,
  { examples, sink }: { readonly examples: FileExamples; readonly sink: FaultSink },
): boolean {
  if (node === undefined) return false;
  const line = readLine(node, key, examples.of(key), sink);
  if (line !== null && line.text !== 'true' && line.text !== 'false') {
    sink.add(line.at, neitherTrueNorFalse(key), examples.of(key));
  }
  return line?.text === 'true';
}
