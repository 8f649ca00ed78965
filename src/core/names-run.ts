/**
 * Which activities are ours, where people have some of the same name: an agent written by hand has its own `callModel`.
 *
 * @module
 */
import type { RunRef } from './protocol.ts'

/** Whether what an activity is asked names the run that it works for: each of ours is asked so. */
export function namesRun(asked: unknown): asked is { readonly run: Pick<RunRef, 'id' | 'key'> } {
  const { id, key } = Object(Object(asked).run) as Partial<RunRef>
  return typeof id === 'string' && typeof key === 'string'
}
