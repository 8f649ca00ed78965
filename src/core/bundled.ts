/**
 * The mark by which a worker knows that a bundle of workflows contains ours.
 *
 * @module
 */

/** This text is in such a bundle however it was built, because only our interceptors import it. */
export const BUNDLED = 'signalbox.bundled'
