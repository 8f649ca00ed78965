import type { Payload } from '@temporalio/common'
import type { Described } from './describe-known.ts'

/** The line that its starter has given a workflow, as it was sent. */
export function sentSummary({ executionConfig }: Described): Payload | undefined {
  return executionConfig?.userMetadata?.summary ?? undefined
}
