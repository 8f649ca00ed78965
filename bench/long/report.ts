/**
 * The figures of the long run, for people, and their bounds.
 *
 * @module
 */
import { atLeast, atMost, type Bound } from '../bounds.ts'
import { rounded } from '../numbers.ts'
import type { OurFigures } from './ours.ts'
import type { PluginFigures } from './plugin-shape.ts'
import { STEPS } from './settings.ts'

export interface LongFigures extends OurFigures {
  readonly plugin: PluginFigures
  /** History a step in the plug-in's shape, over ours. */
  readonly historyRatio: number
}

export function longBounds(figures: LongFigures): readonly Bound[] {
  const { storeBytes, distinctBytes, earlyOwnMs, lateOwnMs, heapEarlyMb, heapLateMb } = figures
  return [
    atLeast('steps', figures.steps, STEPS),
    atMost('historyBytes', figures.historyBytes, 5e6),
    atMost('largestPartBytes', figures.largestPartBytes, 2e6),
    atMost('store over distinct', ratio(storeBytes, distinctBytes), 1.3),
    atMost('own time late over early', ratio(lateOwnMs, earlyOwnMs), 1.2),
    atMost('coldReplayMs', figures.coldReplayMs, 1_000),
    atMost('heap late over early', ratio(heapLateMb, heapEarlyMb), 1.1),
  ]
}

function ratio(one: number, other: number): number {
  return rounded(one / other, 3)
}

export function renderLong(figures: LongFigures, server: string): string {
  const { plugin, promptTokens: prompt } = figures
  return [
    '',
    `One run of ${figures.steps} steps on ${server}: a model call and a tool call with 5 KB each`,
    line(
      'history',
      `${mb(figures.historyBytes)} in ${figures.parts} parts, the largest ${mb(figures.largestPartBytes)}`,
    ),
    line('prompt after step 200', `${prompt.least} to ${prompt.most} tokens, ${prompt.mean} on average`),
    line('', `made shorter ${figures.shortenings} times`),
    line('store', `${mb(figures.storeBytes)} for ${mb(figures.distinctBytes)} of distinct content`),
    line('', `${mb(figures.storeFileBytes)} as a file, with the ledger, ids and indexes`),
    line('own time a step', `${figures.earlyOwnMs} ms of CPU early, ${figures.lateOwnMs} ms late`),
    line('', `activities ${figures.earlyWallMs} ms early, ${figures.lateWallMs} ms late by the clock`),
    line('a cold worker takes over', `${figures.coldReplayMs} ms`),
    line('heap', `${figures.heapEarlyMb} MB after step 200, ${figures.heapLateMb} MB at the end`),
    '',
    "The same run in the shape of Temporal's plug-in for the AI SDK: whole prompt in, whole result out",
    line('came to step', `${plugin.steps} with ${mb(plugin.historyBytes)} of history`),
    line('was ended by', plugin.end),
    line('history a step', `${figures.historyRatio} times ours`),
    '',
    ...longBounds(figures).map(({ name, value, bound, kept }) =>
      line(name, `${value}  ${bound} ${kept ? 'kept' : 'MISSED'}`),
    ),
  ].join('\n')
}

function line(name: string, words: string): string {
  return `  ${name.padEnd(28)}${words}`
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
