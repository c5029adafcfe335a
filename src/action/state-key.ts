/** The one key under which main tells post what it did. Apart from the rest, so that an idle post loads nothing. */
export const stateKey = 'cloud-access';
