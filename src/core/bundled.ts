/**
 * A text that every workflow bundle with our workflows contains, however it was built, because our interceptors import it. A worker looks
 * for it to see whether a given bundle has ours.
 */
export const BUNDLED = 'signalbox.bundled'
