/**
 * Has a worker hold a person's answer to the schema of its question: schemas are code that has no place in the sandbox.
 *
 * @module
 */
import { CancellationScope } from '@temporalio/workflow'
import { shortActivities } from '../activities.ts'
import type { Book } from '../book/book.ts'
import type { InboxParts } from '../inbox/inbox.ts'

/** Not as a local activity: of two updates that wait for one each in the same task, the history does not replay. */
export function createAnswerReader({ ref: run }: Book): InboxParts['readAnswer'] {
  return (schema, answer) => {
    const input = { run, schema, answer }
    const summary = 'check the answer'
    // Not cancellable: a question may be asked where the run was cancelled.
    return CancellationScope.nonCancellable(() => shortActivities().readAnswer.executeWithOptions({ summary }, [input]))
  }
}
