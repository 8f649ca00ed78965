/**
 * Recognises our activities among those of a Worker that also has other people's, some perhaps with the same names, such as `callModel`.
 *
 * @module
 */
import type { RunName, RunRef } from '../protocol.ts'

/** Whether an activity's input names the run that it works for, as the inputs of all our activities do. */
export function namesRun(asked: unknown): asked is { readonly run: RunName } {
  const { id, key } = Object(Object(asked).run) as Partial<RunRef>
  return typeof id === 'string' && typeof key === 'string'
}
