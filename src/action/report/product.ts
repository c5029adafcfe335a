/** The name that annotations and summaries begin with. */
export const product = 'cloud-access';
