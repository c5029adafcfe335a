const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', amp: '&' };

/** Text with HTML's entities as a page shows them, as far as they are numbers or the few names that are in use. */
export function withoutEntities(text: string): string {
  return text.replace(/&(?:#(?<code>\d{1,6})|(?<name>\w+));/g, (entity, ...match) => {
    const { code, name = '' } = match.at(-1) as Readonly<Record<string, string | undefined>>;
    return code === undefined ? (named[name] ?? entity) : String.fromCodePoint(Number(code));
  });
}
