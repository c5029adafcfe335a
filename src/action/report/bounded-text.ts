/** A text that may not grow beyond a size: GitHub refuses a whole step summary above 1 MiB. */
export interface BoundedText {
  /** Adds a piece if there is room for it, and says whether there was. */
  add(piece: string): boolean;
  /** Adds as many pieces as there is room for between two others; returns how many did not fit. */
  addBetween<T>(begin: string, items: readonly T[], render: (item: T) => string, end: string): number;
  text(): string;
}

/** @param room bytes of UTF-8 */
export function createBoundedText(room: number): BoundedText {
  const written: string[] = [];
  let left = room;
  const add = (piece: string): boolean => {
    const size = Buffer.byteLength(piece);
    if (size > left) return false;
    left -= size;
    written.push(piece);
    return true;
  };
  return {
    add,
    addBetween(begin, items, render, end) {
      const frame = Buffer.byteLength(begin) + Buffer.byteLength(end);
      if (frame > left) return items.length;
      left -= frame;
      written.push(begin);
      const full = items.findIndex((item) => !add(render(item)));
      written.push(end);
      return full === -1 ? 0 : items.length - full;
    },
    text: () => written.join(''),
  };
}
