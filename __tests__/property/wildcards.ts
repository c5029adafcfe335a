/** Whether a text is as a pattern says, in which `*` stands for any run of characters and all else for itself. */
export function isLike(text: string, pattern: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^]*')}$`, 'u').test(text);
}
