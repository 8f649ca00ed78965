/**
 * Tells the developer of a workflow what it leaves behind where it ends as it should. In the worker's log: histories know nothing of that.
 *
 * @module
 */
import { log } from '@temporalio/workflow'
import type { Underway } from './underway.ts'

/** Nobody would miss it before somebody reads the vendor's bill. */
export function tellUnderway({ activities, children }: Underway, verb: 'close' | 'continueAsNew'): void {
  const what = [...activities.values(), ...children.values()].map(work => work.what)
  if (what.length === 0) return
  log.warn(
    `\`run.${verb}\` was called before everything was awaited: ${what.join(', ')}. It is cancelled, may still be paid for, and is missing from the outcome’s cost; await each verb first, even one that you cancel`,
  )
}
