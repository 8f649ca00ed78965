/**
 * Warns the developer of a workflow that ends before everything it started has ended. Only in the worker's log, not in history.
 *
 * @module
 */
import { log } from '@temporalio/workflow'
import type { Underway } from './underway.ts'

/** Without the warning, nobody would notice until the vendor's bill comes. */
export function tellUnderway({ activities, children }: Underway, how: 'ended' | 'continued as new'): void {
  const what = [...activities.values(), ...children.values()].map(work => work.what)
  if (what.length === 0) return
  log.warn(
    `the workflow ${how} before everything was awaited: ${what.join(', ')}. It is cancelled, may still be paid for, and is missing from the outcome’s cost; await each verb first, even one that you cancel`,
  )
}
