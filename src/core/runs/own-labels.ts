import type { Labels } from '../protocol.ts'

/** The labels of a run that the run above it does not have, or has another value of. */
export function ownLabels(labels: Labels, above: Labels): Labels {
  const own = Object.entries(labels).filter(([key, value]) => !Object.hasOwn(above, key) || above[key] !== value)
  return Object.fromEntries(own)
}
