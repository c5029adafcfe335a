/**
 * The bundle's entry: main and post share its chunks, and neither loads the other. `dist/main.js` and `dist/post.js`
 * call one of the two.
 */
export async function main(): Promise<void> {
  const { runMain } = await import('./main.ts');
  await runMain();
}

export async function post(): Promise<void> {
  const { runPost } = await import('./post.ts');
  await runPost();
}
