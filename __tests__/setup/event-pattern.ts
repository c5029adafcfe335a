/**
 * Whether an event fits a pattern, as far as the pattern of setup/aws.yaml goes; what is not known is an error.
 * Source: EventBridge user guide, comparison operators for use in event patterns; aws/event-ruler, README.
 */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as readonly Pattern[]).some((it) => matches(it, event));
    const value = typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[key] : undefined;
    if (Array.isArray(wanted)) return wanted.some((it: unknown) => fits(it, value));
    return matches(wanted as Pattern, value);
  });
}

export type Pattern = Readonly<Record<string, unknown>>;

/** A field that the event does not have fits nothing but `exists: false`. */
function fits(wanted: unknown, value: unknown): boolean {
  if (typeof wanted === 'string') return value === wanted;
  const [[operator, operand] = [], ...others] = Object.entries(wanted as Pattern);
  if (others.length > 0) throw new Error('one operator at a time');
  if (operator === 'exists') return (value !== undefined) === operand;
  if (typeof value !== 'string') return false;
  if (operator === 'suffix') return value.endsWith(String(operand));
  if (operator === 'wildcard') return wildcard(String(operand)).test(value);
  if (operator === 'anything-but') return Array.isArray(operand) ? !operand.includes(value) : !fits(operand, value);
  throw new Error(`the operator ${String(operator)} is not known`);
}

function wildcard(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.+^${}()|[\]\\]/gu, '\\$&').replaceAll('*', '.*')}$`, 'su');
}
