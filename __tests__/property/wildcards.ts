/** True if a text matches a pattern, in which `*` is any run of characters and all else is literal. */
export function isLike(text: string, pattern: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^]*')}$`, 'u').test(text);
}
