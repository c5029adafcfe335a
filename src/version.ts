/** The version of this action, kept in step with package.json by a test. */
export const version = '1.0.0';
