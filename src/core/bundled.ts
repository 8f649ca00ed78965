/**
 * The mark of a bundle of workflows that has ours in it.
 *
 * @module
 */

/** Stands in the text of such a bundle, however it was built: our interceptors import it, and nothing else does. */
export const BUNDLED = 'signalbox.bundled'
