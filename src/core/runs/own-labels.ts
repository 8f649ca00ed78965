import type { Labels } from '../protocol.ts'

/** The labels of a run, except those that the run above it has with the same value. */
export function ownLabels(labels: Labels, above: Labels): Labels {
  const own = Object.entries(labels).filter(([key, value]) => !Object.hasOwn(above, key) || above[key] !== value)
  return Object.fromEntries(own)
}
