/**
 * Holds every activity to the run of the workflow that asks for it, and fails it for good where trying again cannot help.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { assertOwn } from '../src/core/runs/own-run.ts'
import { failingForGood } from './for-good.ts'

/**
 * The activity, which refuses to work for, or to read from, any run but its workflow's own.
 *
 * @param assert - Throws for what the workflow may not ask; `assertBelow` for what it asks of its children.
 */
export function forItsRunAlone<Input, Result>(
  work: (input: Input) => Promise<Result>,
  assert: typeof assertOwn = assertOwn,
): (input: Input) => Promise<Result> {
  return input =>
    failingForGood(async () => {
      assert(Context.current().info.workflowExecution?.workflowId, input)
      return work(input)
    })
}
