/**
 * The call-model activity with its ports on simulated vendors and a store of its own, without a Temporal server.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ActivityCancellationDetails } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createCallModel } from '../../activities/call-model.ts'
import { readConfiguration } from '../../src/catalog/index.ts'
import type { Message } from '../../src/core/messages.ts'
import type { AttemptRecord } from '../../src/core/ports.ts'
import type { Answer, Budget, CallModelInput, CallModelResult } from '../../src/core/protocol.ts'
import { type RunningVendors, startVendors, type VendorScript } from '../../src/providers/simulated/index.ts'
import type { App } from '../../src/runtime/app.ts'
import { type WiredPorts, wirePorts } from '../../src/runtime/ports.ts'
import { openStore, type Store } from '../../src/store/index.ts'

export const RUN = { id: 'run-1', key: 'key-1', workspace: 'default', labels: {} }

/** A call that is under way. */
export interface Underway {
  readonly result: Promise<CallModelResult>
  /** As when the run is cancelled. */
  cancel(): void
  /** As when the worker shuts down: the activity throws, and another one goes on. */
  lose(): void
}

export interface Calling {
  readonly vendors: RunningVendors
  readonly store: Store
  readonly wired: WiredPorts
  open(budget?: Budget): Promise<void>
  begin(asked: CallModelInput): Underway
  call(asked: CallModelInput): Promise<CallModelResult>
  /** The answer, or an error that says what came instead. */
  answer(asked: CallModelInput): Promise<Answer>
  /** Of the run, in the order in which they left. */
  attempts(): Promise<readonly AttemptRecord[]>
  close(): Promise<void>
}

export interface CallingOptions {
  readonly yaml: string
  readonly vendors: VendorScript
  readonly app?: App
  /** The vendors' clock. */
  readonly now?: () => number
}

export async function startCalling({ yaml, vendors: script, app = {}, now }: CallingOptions): Promise<Calling> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-calling-'))
  const store = await openStore({ path: join(folder, 'store.db') })
  const vendors = await startVendors(script, now ? { now } : {})
  const env = Object.fromEntries(vendors.vendors.map(({ name, baseUrl }) => [`${name.toUpperCase()}_URL`, baseUrl]))
  const read = readConfiguration(yaml, { env })
  if (!read.ok) throw new Error(JSON.stringify(read.problems, null, 2))
  const wired = wirePorts({ configuration: read.configuration, store, app, searchAttributes: false })
  const begin = (asked: CallModelInput): Underway => {
    const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
    const result = environment.run(createCallModel(wired.ports), asked) as Promise<CallModelResult>
    return {
      result,
      cancel: () => environment.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true })),
      lose: () => environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails({ workerShutdown: true })),
    }
  }
  return {
    vendors,
    store,
    wired,
    begin,
    open: (budget = {}) => store.ledger.openRun({ run: RUN, workflow: 'test', budget, startedAtMs: Date.now() }),
    call: asked => begin(asked).result,
    async answer(asked) {
      const result = await begin(asked).result
      if (result.kind !== 'answered') throw new Error(`not answered: ${JSON.stringify(result)}`)
      return result.answer
    },
    async attempts() {
      const rows = await store.reports.attempts({ run: RUN.id, limit: 200 })
      return rows.toSorted((a, b) => a.step - b.step || a.attempt - b.attempt)
    },
    async close() {
      await wired.close()
      await vendors.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A call on a transcript of its own. */
export function callOf({ prompt = 'Tell me a story.', ...rest }: Partial<CallModelInput> & { prompt?: string }) {
  const step = rest.step ?? 1
  const input: CallModelInput = {
    run: RUN,
    step,
    taskClass: 'open',
    transcript: { lineage: `key-1/${step}`, length: 0 },
    additions: [userMessage(prompt)],
    memory: { draw: 0.5 },
    ...rest,
  }
  return input
}

export function userMessage(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}
