import type { Fault, Refusal } from '#access/errors';
import { sentence } from '#access/words';

/** Entries that are shown open, in an annotation and in the summary. GitHub keeps 4,096 characters of an annotation. */
const maxOpen = 20;

/** The first entries of a list, and those that are folded. */
interface Folded<T> {
  readonly open: readonly T[];
  readonly further: readonly T[];
}

export function fold<T>(entries: readonly T[]): Folded<T> {
  return { open: entries.slice(0, maxOpen), further: entries.slice(maxOpen) };
}

/** True if so many lines of evidence are folded. */
export function isLong(lines: readonly string[]): boolean {
  return fold(lines).further.length > 0;
}

/** Faults as a list, a block each: the input, its problem, and the remedy. One alone has no mark. */
export function faultBlocks(faults: readonly Fault[]): readonly (readonly string[])[] {
  const blocks = faults.map(faultLines);
  if (blocks.length === 1) return blocks;
  return blocks.map((lines) => lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`)));
}

/** The further lines are those of an example of several lines. */
function faultLines({ input, problem, example }: Fault): readonly string[] {
  const [first = '', ...others] = remedyLines({ input, example });
  return [`${input}: ${sentence(problem)} ${isAdvice({ example }) ? '' : 'Example: '}${first}`, ...others];
}

/** True if the remedy is a sentence, not YAML. */
export function isAdvice({ example }: Pick<Fault, 'example'>): boolean {
  return typeof example === 'object' && 'advice' in example;
}

/** The remedy: one sentence, or YAML that can be copied as it is. */
export function remedyLines({ input, example }: Pick<Fault, 'input' | 'example'>): readonly string[] {
  if (typeof example === 'string') return asYaml(input, example);
  if ('yaml' in example) return example.yaml.split('\n');
  return 'advice' in example ? [example.advice] : asYaml(example.of, example.value);
}

function asYaml(input: string, value: string): readonly string[] {
  if (!value.includes('\n')) return [`${input}: ${scalar(value)}`];
  return [
    `${input}: |`,
    ...value
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

/** In quotes where YAML would read something else without. */
function scalar(text: string): string {
  const isPlain = /^[\w/$(.][^\n]*$/u.test(text) && !/: |:$| #|\s$/u.test(text) && !isMangled(text);
  if (isPlain) return text;
  return /["\\]/u.test(text) ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
}

/** A number that GitHub would not hand over as it is written: with leading zeros, a fraction, or many digits. */
function isMangled(text: string): boolean {
  return /^[\d._]+(?:e[\d._]+)?$/iu.test(text) && !/^(?:0|[1-9]\d{0,8})$/u.test(text);
}

/** Refusals as a list, a block for each hint: the messages that it answers, and below them the hint. */
export function refusalBlocks(refusals: readonly Refusal[]): readonly (readonly string[])[] {
  return [...Map.groupBy(refusals, ({ hint }) => hint)].map(([hint, those]) => [
    ...new Set(those.map(({ message }) => `- ${message}`)),
    `  → ${hint}`,
  ]);
}
