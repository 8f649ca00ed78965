import type { Labels } from '../protocol.ts'

/** Whether all of the wanted labels are among these, with the same values. */
export function hasLabels(labels: Labels, wanted: Labels = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}
