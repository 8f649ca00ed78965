/**
 * What a step takes beside the provider's package and the wire.
 *
 * @module
 */
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import type { ModelPort } from '../../src/core/ports.ts'

/** One step, from the moment its answer had come to the moment the next question left. */
export interface StepTimes {
  /** CPU of the worker's process, all its threads: the server is another process, and a busy machine does not count. */
  readonly cpuMs: number
  /** Of the activities, by the clock on the wall, less the provider's. */
  readonly wallMs: number
  readonly promptTokens: number | undefined
}

export interface Clock {
  readonly models: ModelPort
  readonly interceptor: ActivityInterceptorsFactory
  steps(): readonly StepTimes[]
}

/** Counts one run at a time. The gate runs inside of the provider's port, but is ours: its time is taken back. */
export function createClock(models: ModelPort): Clock {
  const steps: StepTimes[] = []
  let since = { cpuMs: cpuMs(), wallMs: 0 }
  let wallMs = 0
  let asked = 0
  let promptTokens: number | undefined
  return {
    steps: () => steps,
    models: {
      async ask(ask) {
        if (asked > 0) steps.push({ cpuMs: cpuMs() - since.cpuMs, wallMs: wallMs - since.wallMs, promptTokens })
        asked += 1
        const begin = performance.now()
        let gate = { cpuMs: 0, wallMs: 0 }
        const reply = await models.ask({
          ...ask,
          async gate(outgoing) {
            const before = { cpuMs: cpuMs(), wallMs: performance.now() }
            await ask.gate(outgoing)
            gate = { cpuMs: cpuMs() - before.cpuMs, wallMs: performance.now() - before.wallMs }
          },
        })
        promptTokens = reply.usage?.inputTokens
        const providerMs = performance.now() - begin - gate.wallMs
        // The gate has run, and the activity that asks is still to be counted as a whole.
        since = { cpuMs: cpuMs() - gate.cpuMs, wallMs: wallMs + providerMs }
        return reply
      },
    },
    interceptor: () => ({
      inbound: {
        async execute(input, next) {
          const begin = performance.now()
          try {
            return await next(input)
          } finally {
            wallMs += performance.now() - begin
          }
        },
      },
    }),
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
