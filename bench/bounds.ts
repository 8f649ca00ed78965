/**
 * The bounds that a release must keep.
 *
 * @module
 */
import type { LoopBench, ParallelBench } from './loop.ts'
import { rounded } from './numbers.ts'
import type { PlanBench } from './plan.ts'
import { report } from './progress.ts'
import type { RouterBench } from './router.ts'

export interface Figures {
  readonly plan: PlanBench
  readonly router: RouterBench
  readonly loop: LoopBench
  readonly parallel: ParallelBench
}

/** A figure beside its bound. */
export interface Bound {
  readonly name: string
  readonly value: number
  readonly bound: string
  readonly kept: boolean
}

/** Every figure that has a bound. What 16 runs at once reach is reported only: the server takes most of two cores there. */
export function boundsOf({ plan, router, loop }: Figures): readonly Bound[] {
  return [
    atMost('plan.p50Us', plan.p50Us, 100),
    atMost('plan.p99Us', plan.p99Us, 500),
    atMost('router.cpuMs', router.cpuMs, 1),
    atLeast('loop.ratio', loop.ratio, 0.8),
    atMost('events per step over bare', rounded(loop.eventsPerStep / loop.bareEventsPerStep, 3), 1.05),
    atMost('loop.addedCpuMs', loop.addedCpuMs, 5),
  ]
}

/** Says which bounds were missed. @returns whether any was */
export function reportMissed(bounds: readonly Bound[]): boolean {
  const missed = bounds.filter(({ kept }) => !kept)
  for (const { name, value, bound } of missed) report(`${name} is ${value}; it must be ${bound}`)
  return missed.length > 0
}

export function atMost(name: string, value: number, bound: number): Bound {
  return { name, value, bound: `≤ ${bound}`, kept: value <= bound }
}

export function atLeast(name: string, value: number, bound: number): Bound {
  return { name, value, bound: `≥ ${bound}`, kept: value >= bound }
}
