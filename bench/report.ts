/**
 * The figures for people.
 *
 * @module
 */
import { boundsOf, type Figures } from './bounds.ts'
import { LOOP_ROUNDS, PARALLEL_ROUNDS, PARALLEL_RUNS, STEPS } from './loop.ts'
import { planWords } from './plan.ts'
import { routerWords } from './router.ts'

export function renderFigures(figures: Figures, server: string): string {
  const { plan, router, loop, parallel } = figures
  return [
    '',
    planWords(plan),
    routerWords(router),
    '',
    `${STEPS} steps in one run, on ${server} (medians of ${LOOP_ROUNDS} rounds, alternating)`,
    line('', 'ours', 'bare'),
    line('ms a step', loop.ourMsPerStep, loop.bareMsPerStep),
    line('events a step', loop.eventsPerStep, loop.bareEventsPerStep),
    `  bare over ours ${loop.ratio}; our worker's process uses ${loop.addedCpuMs} ms of CPU a step more`,
    '',
    `${PARALLEL_RUNS} such runs at once (medians of ${PARALLEL_ROUNDS} rounds, alternating)`,
    line('', 'ours', 'bare'),
    line('steps a second', parallel.ourStepsPerSecond, parallel.bareStepsPerSecond),
    `  ours over bare ${parallel.ratio}`,
    '',
    'Ours: a model call of about 20 tokens in and 100 out over HTTP to a vendor without delay, ledger and journal in a',
    'SQLite file. Bare: an activity that does nothing. The vendor and either worker are processes of their own.',
    "Not measured: a vendor's time, tools, long transcripts, PostgreSQL, a Temporal cluster, readers of events.",
    '',
    ...boundsOf(figures).map(({ name, value, bound, kept }) =>
      line(name, value, `${bound} ${kept ? 'kept' : 'MISSED'}`),
    ),
  ].join('\n')
}

function line(name: string, ...values: readonly (string | number)[]): string {
  return `  ${name.padEnd(28)}${values.map(value => String(value).padStart(14)).join('')}`
}
