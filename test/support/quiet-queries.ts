import { setTimeout as delay } from 'node:timers/promises'
import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client'

/** Longer than what a run does between two of its events when nothing keeps it waiting. */
const QUIET_MS = 60

/**
 * A client that queries a run once its history stands still. A worker that keeps no workflows (`maxCachedWorkflows: 0`) replays the run
 * for a query; a workflow task that comes to it meanwhile it forgets, and the server gives that to nobody else for ten seconds.
 */
export async function quietClient(address: string): Promise<Client> {
  const connection = await Connection.connect({ address })
  const asking = new Client({ connection })
  const lengthOf = async (workflowId: string, runId?: string) => {
    const { status, historyLength } = await asking.workflow.getHandle(workflowId, runId).describe()
    return status.name === 'RUNNING' ? historyLength : undefined
  }
  const once: WorkflowClientInterceptor = {
    query: async (input, next) => {
      const { workflowId, runId } = input.workflowExecution
      for (let before: number | undefined = -1; ; await delay(QUIET_MS)) {
        const length = await lengthOf(workflowId!, runId || undefined)
        if (length === undefined || length === before) return next(input)
        before = length
      }
    },
  }
  return new Client({ connection, interceptors: { workflow: [once] } })
}
