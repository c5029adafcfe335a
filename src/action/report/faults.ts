import type { Fault, Refusal } from '#access/errors';
import { sentence } from '#access/words';

/** A fault in words, and what to do about it; an example of several lines goes on below. */
export function faultLines({ input, problem, example }: Fault): readonly string[] {
  const [first = '', ...others] = remedyLines({ input, example });
  return [`${input} ${sentence(problem)} ${isAdvice({ example }) ? '' : 'Example: '}${first}`, ...others];
}

/** Whether what to do is a sentence, and not YAML. */
export function isAdvice({ example }: Pick<Fault, 'example'>): boolean {
  return typeof example === 'object' && 'advice' in example;
}

/** What to do, in a sentence, or as YAML that can be taken as it is. */
export function remedyLines({ input, example }: Pick<Fault, 'input' | 'example'>): readonly string[] {
  if (typeof example === 'string') return asYaml(input, example);
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

/** Several refusals, a block each: what stands against it, and below what to do; what takes the same is one block. */
export function refusalBlocks(refusals: readonly Refusal[]): readonly (readonly string[])[] {
  return [...Map.groupBy(refusals, ({ hint }) => hint)].map(([hint, those]) => [
    ...new Set(those.map(({ message }) => `- ${message}`)),
    `  → ${hint}`,
  ]);
}
