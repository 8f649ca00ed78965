/**
 * Refuses activities that a workflow asks for in the name of another run. Which run the workflow is, the server says: a later workflow
 * may have the id of an earlier run and know its key.
 *
 * @module
 */
import { Context } from '@temporalio/activity'
import { failingForGood } from '../../../activities/for-good.ts'
import type { Activities } from '../../../activities/index.ts'
import type { RunRef } from '../../core/protocol.ts'
import { remember } from '../../core/remember.ts'
import { namesRun } from '../../core/runs/names-run.ts'
import { NotItsOwn } from '../../core/runs/own-run.ts'
import { answerUnless, GRPC } from './grpc-answer.ts'

interface Execution {
  readonly workflowId: string
  readonly runId: string
}

/** What never changes of an execution. `undefined`: the server does not say, or no longer has it. */
type Told = { readonly firstRunId?: string; readonly parent?: Execution } | undefined

type Tell = (execution: Execution) => Promise<Told>

/** The same activities. For the first part of a run at the top the server is not asked: its Temporal run id is the run's key. */
export function ofOwnExecution(activities: Activities): Activities {
  const tell = createTell()
  const held = Object.entries(activities).map(([name, work]) => [
    name,
    async (asked: never) => {
      // A parent asks for this one in the name of its child.
      if (name !== 'closeLost') await failingForGood(() => assertOwnExecution(tell, asked))
      return (work as (asked: never) => Promise<unknown>)(asked)
    },
  ])
  return Object.fromEntries(held) as Activities
}

async function assertOwnExecution(tell: Tell, asked: unknown): Promise<void> {
  const execution = Context.current().info.workflowExecution
  if (!execution || !namesRun(asked) || (await isOwn(tell, execution, asked.run))) return
  const { id, key } = asked.run
  throw new NotItsOwn(
    `The workflow ${execution.workflowId} has asked for the run ${id} with the key ${key}, but is another run with that id or below it. Nothing was done; start it under another id`,
  )
}

/** A run at the top has the key of its first part; one below another has parents, up to the run at the top of its tree. */
async function isOwn(
  tell: Tell,
  execution: Execution,
  { key, root, scope = key }: Pick<RunRef, 'id' | 'key' | 'root' | 'scope'>,
): Promise<boolean> {
  let at = execution
  while (root !== undefined && at.workflowId !== root) {
    const told = await tell(at)
    if (!told) return true
    if (!told.parent) return false
    at = told.parent
  }
  if (at.runId === scope) return true
  const firstRunId = (await tell(at))?.firstRunId
  return firstRunId === undefined || firstRunId === scope
}

/** For what is no more there, what this worker may not ask, and what servers for tests do not answer. */
const UNTOLD = [GRPC.notFound, GRPC.permissionDenied, GRPC.unimplemented]

/** Remembered executions: a few hundred bytes each. */
const MOST = 5_000

function createTell(): Tell {
  const known = new Map<string, Told>()
  return async execution => {
    if (known.has(execution.runId)) return known.get(execution.runId)
    const told = await describe(execution)
    remember(known, execution.runId, told, MOST)
    return told
  }
}

async function describe(execution: Execution): Promise<Told> {
  const { connection, options } = Context.current().client
  const asked = { namespace: options.namespace, execution }
  const described = await answerUnless(UNTOLD, connection, service => service.describeWorkflowExecution(asked))
  if (!described) return undefined
  const { firstRunId, parentExecution } = described.workflowExecutionInfo ?? {}
  const { workflowId, runId } = parentExecution ?? {}
  return { ...(firstRunId && { firstRunId }), ...(workflowId && runId && { parent: { workflowId, runId } }) }
}
