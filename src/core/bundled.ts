/**
 * By which a bundle of workflows is known that has ours in it.
 *
 * @module
 */

/** Stands in the text of such a bundle, however it was built. Imported by our interceptors alone. */
export const BUNDLED = 'signalbox.bundled'
