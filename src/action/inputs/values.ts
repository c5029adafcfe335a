import { wrong, type AnyCloud, type Declarations, type InputDeclaration, type Parsed } from '#access/declaration';
import { takeOut, type Fault } from '#access/errors';
import { hiddenIn } from '#access/odd-characters';
import type { OperationName } from '#access/request';
import { emptyExpression, notUsedBy, ofOtherCloud, removeCharacter, removeOrCorrectCloud } from '../messages/inputs.ts';

const prefix = 'INPUT_';

/** The variable in which the runner hands over an input. Source: docs/design/github.md#runtime. */
export function variableOf(input: string): string {
  return `${prefix}${input.replaceAll(' ', '_').toUpperCase()}`;
}

/** The input that a variable hands over, known to the action or not; `null` for any other variable. */
export function inputOf(variable: string): string | null {
  return variable.startsWith(prefix) ? variable.slice(prefix.length).toLowerCase() : null;
}

/** An input as the runner hands it over, trimmed; `null` where the runner set none. */
export function inputVariable(name: string, variables: ReadonlyMap<string, string>): string | null {
  return variables.get(variableOf(name))?.trim() ?? null;
}

/** Reads declared inputs; an input with a fault gets its absent value, so that the others are checked as well. */
export function readValues(
  declarations: Declarations,
  raw: (name: string) => string | null,
  operation: OperationName | null,
  faults: Fault[],
): Readonly<Record<string, unknown>> {
  const read = (name: string, declaration: InputDeclaration<unknown>): unknown => {
    const parsed = readValue(declaration, raw(name) ?? '', operation);
    if (parsed.ok) return parsed.value;
    faults.push({ input: name, problem: parsed.problem, example: parsed.example ?? declaration.example });
    return declaration.absent;
  };
  return Object.fromEntries(Object.entries(declarations).map(([name, it]) => [name, read(name, it)]));
}

function readValue(
  declaration: InputDeclaration<unknown>,
  text: string,
  operation: OperationName | null,
): Parsed<unknown> {
  const { fallback, operations, absent } = declaration;
  if (text === '') {
    if (fallback === '' || fallback.startsWith('${{')) return { ok: true, value: absent };
    // The default of a guard is none, so no advice says to leave the input out.
    return wrong(emptyExpression);
  }
  if (operation !== null && text !== fallback && !operations.includes(operation)) {
    return { ok: false, problem: notUsedBy(operation, operations), example: takeOut };
  }
  const isName = declaration.isName === true;
  const hidden = hiddenIn(text, isName);
  return hidden === null ? declaration.parse(text) : wrong(removeCharacter(hidden, isName));
}

/** An input of another cloud is a fault if it is neither empty nor its default. */
export function foreignInputs(
  clouds: Readonly<Record<string, AnyCloud<unknown>>>,
  chosen: string,
  raw: (name: string) => string | null,
): readonly Fault[] {
  return Object.entries(clouds)
    .filter(([name]) => name !== chosen)
    .flatMap(([name, { inputs }]) =>
      Object.entries(inputs)
        .filter(([input, { fallback }]) => !['', fallback].includes(raw(input) ?? ''))
        .map(([input]) => ({
          input,
          problem: ofOtherCloud(name, chosen),
          example: { advice: removeOrCorrectCloud },
        })),
    );
}
