/**
 * One run, as a client holds it.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Client, type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { RunEvent } from '../core/events.ts'
import type { JsonValue } from '../core/messages.ts'
import {
  type BudgetRaise,
  type Decision,
  type DecisionResult,
  NOT_ASKED,
  type Outcome,
  QUERIES,
  type RaisedBudget,
  type RunState,
  SIGNALS,
  UPDATES,
  type Words,
} from '../core/protocol.ts'
import { SEALED } from '../core/sealing.ts'
import type { Store } from '../store/index.ts'
import { wordsFor } from './long-texts.ts'
import { readEvents } from './read-events.ts'
import { assertOpen, unlessEnded } from './run-ended.ts'
import { outcomeOfRun } from './run-outcome.ts'

/** Who decides and why, for the record. */
export type Verdict = Pick<Decision, 'by' | 'note'>

export interface RunHandle {
  readonly id: string
  /** Its page in the Temporal UI; `undefined` when the client does not know where the UI is. */
  url(): Promise<string | undefined>
  /** How it ended, as a value whatever the end; waits for it. */
  outcome<Output = JsonValue>(): Promise<Outcome<Output>>
  state(): Promise<RunState>
  /** What happens, from an offset on (exclusive), until the end. Needs the store. */
  events(from?: { readonly after?: number }): AsyncGenerator<RunEvent>
  /**
   * The first word on a tool call holds: saying it again changes nothing, and the result says so; the opposite is refused. What
   * a run that has ended is told throws {@link RunEnded}.
   */
  approve(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  deny(toolCallId: string, verdict?: Verdict): Promise<DecisionResult>
  /** Raises the limits that the run was started with, at once; one that waits for that goes on. */
  raiseBudget(raise: BudgetRaise): Promise<RaisedBudget>
  /** A message to the running agent; it reads it before its next call. One over 64 kB lies in the store; without it 1 MB is the most. */
  say(text: string): Promise<void>
  /** Ends the run after what is already paid for. */
  stop(): Promise<void>
  /** Ends the run now; calls on the wire are aborted. */
  cancel(): Promise<void>
}

export interface RunHandleParts {
  readonly client: Client
  readonly id: string
  readonly store: () => Promise<Store>
  /** `undefined`: this client has none. */
  readonly storeIfThere: () => Promise<Store | undefined>
  readonly uiUrl?: string
}

/** Without the store nothing can be encrypted for it, and what is said would lie in Temporal's history as it is. */
async function refuseSealed(workflow: WorkflowHandle): Promise<void> {
  const { memo } = await workflow.describe()
  if (memo?.[SEALED] !== SEALED) return
  throw new Error(
    `run ${workflow.workflowId} is sealed, and this client was connected without the store that has its key; connect it with \`store\`, or set DATABASE_URL. Nothing was sent`,
  )
}

/** The first event has offset 0. */
const BEFORE_ALL = -1

export function createRunHandle({ client, id, store, storeIfThere, uiUrl }: RunHandleParts): RunHandle {
  const workflow = client.workflow.getHandle(id)
  const tell = async <T>(wanted: string, say: () => Promise<T>) => {
    if (!(await storeIfThere())) await refuseSealed(workflow)
    return unlessEnded(workflow, wanted, say)
  }
  const decide = (decision: Decision) =>
    tell('decided on', () =>
      onceAsked(() => workflow.executeUpdate<DecisionResult, [Decision]>(UPDATES.decide, { args: [decision] })),
    )
  return {
    id,
    url: async () => uiUrl && urlOf(uiUrl, client.options.namespace, id, (await workflow.describe()).runId),
    outcome: async <Output>() => {
      const outcome = await outcomeOfRun<Output>(workflow)
      await (await storeIfThere())?.content.outcomeRead(id, Date.now())
      return outcome
    },
    state: () => workflow.query<RunState>(QUERIES.state),
    events: from => readEvents({ workflow, store, after: from?.after ?? BEFORE_ALL }),
    approve: (toolCallId, verdict) => decide({ toolCallId, decision: 'approve', ...verdict }),
    deny: (toolCallId, verdict) => decide({ toolCallId, decision: 'deny', ...verdict }),
    raiseBudget: raise =>
      unlessEnded(workflow, 'given more', () =>
        workflow.executeUpdate<RaisedBudget, [BudgetRaise]>(UPDATES.raise, { args: [raise] }),
      ),
    say: text =>
      tell('told anything', async () => {
        const words = await wordsFor(await storeIfThere(), id, text)
        await workflow.executeUpdate<void, [{ text: Words }]>(UPDATES.say, { args: [{ text: words }] })
      }),
    stop: () => unlessEnded(workflow, 'stopped', () => workflow.signal(SIGNALS.stop)),
    cancel: async () => {
      await assertOpen(workflow, 'cancelled')
      await workflow.cancel()
    },
  }
}

/**
 * The store tells of an approval a moment before the workflow has heard of it, and a part that begins has not yet read what it
 * waits for: within this time a decision that nobody asked for is tried again. A refused update leaves no history.
 */
const ASKED_WITHIN_MS = 5_000

/** Doubles from try to try: each refusal is a workflow task too, and many would hold up the one that is waited for. */
const TRY_AGAIN_MS = 50

async function onceAsked<T>(decide: () => Promise<T>): Promise<T> {
  const untilMs = Date.now() + ASKED_WITHIN_MS
  for (let pauseMs = TRY_AGAIN_MS; ; pauseMs *= 2) {
    try {
      return await decide()
    } catch (error) {
      if (!isNotAsked(error) || Date.now() >= untilMs) throw error
    }
    await delay(pauseMs)
  }
}

function isNotAsked(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === NOT_ASKED
  )
}

function urlOf(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/')
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${path}/history`
}
