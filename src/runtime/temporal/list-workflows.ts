import type { Client } from '@temporalio/client'
import type { Execution } from './how-ended.ts'

/** As many as a page of the server's list has. */
const PAGE = 1_000

/**
 * The workflows that a query finds, as the server tells of them. Their memos stay as they are: others in the namespace may encrypt theirs,
 * and a list that opens them fails at the first one.
 */
export async function* listWorkflows(
  { workflowService, options }: Client,
  query: string,
): AsyncGenerator<Execution, void> {
  let nextPageToken: Uint8Array | undefined
  do {
    const asked = { namespace: options.namespace, query, pageSize: PAGE, ...(nextPageToken && { nextPageToken }) }
    const page = await workflowService.listWorkflowExecutions(asked)
    yield* page.executions ?? []
    nextPageToken = page.nextPageToken ?? undefined
  } while (nextPageToken?.length)
}
