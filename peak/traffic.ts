/**
 * Calls at an even rate, in turns at the routers, through the real activity.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { createCallModel } from '../activities/call-model.ts'
import type { CallModelInput, CallModelResult, RunRef } from '../src/core/protocol.ts'
import type { Stage } from './stage.ts'

export interface Traffic {
  /** Calls that have begun and those that were answered so far. */
  readonly begun: number
  readonly answered: number
  /** Begins no more, and waits for those in flight. */
  end(): Promise<void>
}

export interface TrafficSettings {
  readonly taskClass: string
  readonly perSecond: number
}

const RUN: RunRef = { id: 'peak', key: 'key of peak', workspace: 'default', labels: {} }

export async function startTraffic(stage: Stage, { taskClass, perSecond }: TrafficSettings): Promise<Traffic> {
  await stage.store.ledger.openRun({ run: RUN, workflow: 'peak', budget: {}, startedAtMs: Date.now() })
  const calls = new Set<Promise<void>>()
  let [begun, answered] = [0, 0]
  const begin = () => {
    begun += 1
    const call = callThrough(stage, begun, taskClass).then(result => {
      if (result.kind === 'answered') answered += 1
      calls.delete(call)
    })
    calls.add(call)
  }
  const startedAtMs = performance.now()
  // As many as are due: a timer that comes late does not lower the rate.
  const timer = setInterval(() => {
    while (begun < ((performance.now() - startedAtMs) * perSecond) / 1_000) begin()
  }, 10)
  return {
    get begun() {
      return begun
    },
    get answered() {
      return answered
    },
    async end() {
      clearInterval(timer)
      await Promise.all(calls)
    },
  }
}

/** What a durable timer would sleep is slept here. */
async function callThrough({ routers }: Stage, step: number, taskClass: string): Promise<CallModelResult> {
  const activity = createCallModel(routers[step % routers.length]!.ports)
  const input: CallModelInput = {
    run: RUN,
    step,
    taskClass,
    transcript: { lineage: `${RUN.key}/${step}`, length: 0 },
    additions: [{ role: 'user', content: [{ type: 'text', text: `What is ${step} and one?` }] }],
    memory: { draw: 0.5 },
  }
  for (;;) {
    const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
    const result = (await environment.run(activity, input)) as CallModelResult
    if (result.kind !== 'wait') return result
    await sleep(result.ms)
  }
}
