/**
 * True if a name is meant by a pattern in which `*` stands for any run of characters, an empty one included; everything
 * else is literal, letter case included. Takes time linear in the name for each `*`, whatever the pattern.
 */
export function matches(pattern: string, name: string): boolean {
  const [head = '', ...others] = pattern.split('*');
  const tail = others.pop();
  if (tail === undefined) return pattern === name;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  const end = name.length - tail.length;
  let from = head.length;
  for (const part of others) {
    const found = name.indexOf(part, from);
    if (found < 0 || found + part.length > end) return false;
    from = found + part.length;
  }
  return true;
}

/** The same without regard to letter case. */
export function matchesInAnyCase(pattern: string, name: string): boolean {
  return matches(pattern.toLowerCase(), name.toLowerCase());
}

export function hasWildcard(pattern: string): boolean {
  return pattern.includes('*');
}
