/**
 * One run, as a client holds it.
 *
 * @module
 */
import type { Client } from '@temporalio/client'
import type { RunEvent } from '../core/events.ts'
import type { JsonValue } from '../core/messages.ts'
import { type Decision, type Outcome, QUERIES, type RunState, SIGNALS, UPDATES } from '../core/protocol.ts'
import type { Store } from '../store/index.ts'
import { readEvents } from './read-events.ts'
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
  approve(toolCallId: string, verdict?: Verdict): Promise<void>
  deny(toolCallId: string, verdict?: Verdict): Promise<void>
  /** A message to the running agent; it reads it before its next call. */
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
  readonly uiUrl?: string
}

export function createRunHandle({ client, id, store, uiUrl }: RunHandleParts): RunHandle {
  const workflow = client.workflow.getHandle(id)
  const decide = (decision: Decision) => workflow.executeUpdate<void, [Decision]>(UPDATES.decide, { args: [decision] })
  return {
    id,
    url: async () => uiUrl && urlOf(uiUrl, client.options.namespace, id, (await workflow.describe()).runId),
    outcome: <Output>() => outcomeOfRun<Output>(workflow),
    state: () => workflow.query<RunState>(QUERIES.state),
    events: from => readEvents({ workflow, store, after: from?.after ?? 0 }),
    approve: (toolCallId, verdict) => decide({ toolCallId, decision: 'approve', ...verdict }),
    deny: (toolCallId, verdict) => decide({ toolCallId, decision: 'deny', ...verdict }),
    say: text => workflow.executeUpdate<void, [{ text: string }]>(UPDATES.say, { args: [{ text }] }),
    stop: () => workflow.signal(SIGNALS.stop),
    cancel: async () => {
      await workflow.cancel()
    },
  }
}

function urlOf(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/')
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${path}/history`
}
