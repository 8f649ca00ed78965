/**
 * Makes a call as a workflow does: through the real activity, again after each wait.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createCallModel } from '../activities/call-model.ts'
import type { ActivityPorts } from '../activities/index.ts'
import type { CallModelInput, CallModelResult, RunRef } from '../src/core/protocol.ts'
import type { Question } from './questions.ts'
import type { Stage } from './stage.ts'

export interface Called {
  readonly run: RunRef
  readonly result: CallModelResult
  /** From the beginning to the end, waits included. */
  readonly ms: number
}

/** Enough for any case's attempts, and a limit all the same, so that every attempt is reserved. */
const BUDGET_USD = '20'

/** A call that waits more often than this is one that never ends. */
const MOST_WAITS = 40

export interface Calling {
  /** The run's. */
  readonly name: string
  readonly taskClass: string
  readonly question: Question
  /** Waits are sat out: other calls share the clock. */
  readonly sitsOut?: boolean
  /** @defaultValue those of a worker that has called nobody yet */
  readonly ports?: ActivityPorts
}

/** Opens a run of its own for one question. */
export async function callOnce(stage: Stage, { name, taskClass, question, ports, sitsOut }: Calling): Promise<Called> {
  const run = await openRun(stage, name)
  const { messages, tools, schema } = question
  const input: CallModelInput = {
    run,
    step: 1,
    taskClass,
    transcript: { lineage: `${run.key}/1`, length: 0 },
    additions: messages,
    memory: { draw: 0.5 },
    ...(tools && { tools }),
    ...(schema !== undefined && { schema }),
  }
  const startedAtMs = stage.clock.now()
  const result = await callThrough(stage, ports ?? stage.newWorker(), input, sitsOut)
  return { run, result, ms: Math.round(stage.clock.now() - startedAtMs) }
}

export async function openRun({ store, clock }: Stage, name: string): Promise<RunRef> {
  const run: RunRef = { id: name, key: `key of ${name}`, workspace: 'default', labels: {}, moneyLimited: true }
  await store.ledger.openRun({ run, workflow: 'wall', budget: { usd: BUDGET_USD }, startedAtMs: clock.now() })
  return run
}

/** One call to its end. What a durable timer would sleep, the clock is set forward. */
export async function callThrough(
  stage: Stage,
  ports: ActivityPorts,
  input: CallModelInput,
  sitsOut = false,
): Promise<CallModelResult> {
  const activity = createCallModel({ ...ports, othersServe: async () => false })
  for (let waits = 0; ; waits += 1) {
    const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
    const result = (await environment.run(activity, input)) as CallModelResult
    if (result.kind !== 'wait' || waits === MOST_WAITS) return result
    if (sitsOut) await sleep(result.ms)
    else stage.clock.skip(result.ms)
  }
}
