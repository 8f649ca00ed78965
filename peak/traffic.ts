/**
 * Calls at an even rate, in turns at the workers, through the real activity.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { CallModelInput, CallModelResult, RunRef } from '../src/core/protocol.ts'
import type { Stage } from './stage.ts'

export interface Traffic {
  /** Calls that have begun and those that were answered so far. */
  readonly begun: number
  readonly answered: number
  /** Of the worker through which the fewest were answered. */
  readonly leastAnsweredByAWorker: number
  /** Begins no more, and waits for those in flight. */
  end(): Promise<void>
}

export interface TrafficSettings {
  readonly taskClass: string
  readonly perSecond: number
  /** Calls that the run has made before: under a step of theirs the journal would have the answer. @defaultValue 0 */
  readonly callsBefore?: number
}

export function startTraffic(
  { workers, run }: Stage,
  { taskClass, perSecond, callsBefore = 0 }: TrafficSettings,
): Traffic {
  const calls = new Set<Promise<void>>()
  let [begun, answered, turns] = [0, 0, 0]
  const ask = (input: CallModelInput) => workers[turns++ % workers.length]!.call(input)
  const begin = () => {
    begun += 1
    const call = callThrough(ask, callOf(run, callsBefore + begun, taskClass)).then(result => {
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
    get leastAnsweredByAWorker() {
      return Math.min(...workers.map(worker => worker.answered))
    },
    async end() {
      clearInterval(timer)
      await Promise.all(calls)
    },
  }
}

/** What a durable timer would sleep is slept here; whose turn it is then goes on. */
async function callThrough(
  ask: (input: CallModelInput) => Promise<CallModelResult>,
  input: CallModelInput,
): Promise<CallModelResult> {
  for (;;) {
    const result = await ask(input)
    if (result.kind !== 'wait') return result
    await sleep(result.ms)
  }
}

function callOf(run: RunRef, step: number, taskClass: string): CallModelInput {
  return {
    run,
    step,
    taskClass,
    transcript: { lineage: `${run.key}/${step}`, length: 0 },
    additions: [{ role: 'user', content: [{ type: 'text', text: `What is ${step} and one?` }] }],
    memory: { draw: 0.5 },
  }
}
