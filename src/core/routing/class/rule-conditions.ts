/**
 * Checks the conditions of a class's rules for a call, and puts them in words. Pure: the clock is a fact of the call.
 *
 * @module
 */
import type { Ability } from '../../endpoints.ts'
import type { Labels } from '../../protocol.ts'
import { hasLabels } from '../../runs/has-labels.ts'
import { type ClassRule, type Comparison, type RuleConditions, WEEKDAYS } from '../../task-class.ts'

/** What conditions are checked against. */
export interface CallFacts {
  /** The estimated tokens of the prompt. */
  readonly promptTokens: number
  /** The most output that the call asks for. If neither it nor its class says, conditions on the output do not hold. */
  readonly outputTokens?: number
  readonly abilities: readonly Ability[]
  readonly workspace: string
  /** The labels of the run and of the call; if both have one, the call's. */
  readonly labels: Labels
  /** Milliseconds since the epoch. */
  readonly nowMs: number
  /** In [0, 1), drawn once per run, so that a run stays with its class of a split. */
  readonly draw: number
}

/** Whether all conditions hold. */
export function holds(when: RuleConditions | undefined, facts: CallFacts): boolean {
  if (!when) return true
  const { promptTokens, outputTokens, abilities = [] } = when
  return (
    (!promptTokens || compares(facts.promptTokens, promptTokens)) &&
    (!outputTokens || compares(facts.outputTokens, outputTokens)) &&
    abilities.every(ability => facts.abilities.includes(ability)) &&
    holdsInRun(when, facts) &&
    isWithinTime(when, facts.nowMs)
  )
}

/** Whether the conditions on the workspace and the labels hold, which stay the same in a run. */
export function holdsInRun(
  { workspace, label }: RuleConditions,
  facts: Pick<CallFacts, 'workspace' | 'labels'>,
): boolean {
  return (!workspace || workspace.includes(facts.workspace)) && hasLabels(facts.labels, label)
}

function compares(tokens: number | undefined, { is, than }: Comparison): boolean {
  if (tokens === undefined) return false
  switch (is) {
    case '>':
      return tokens > than
    case '>=':
      return tokens >= than
    case '<':
      return tokens < than
    case '<=':
      return tokens <= than
  }
}

const MINUTE_MS = 60_000
const DAY_MINUTES = 24 * 60

/** The first day of the epoch was a Thursday. */
const EPOCH_WEEKDAY = WEEKDAYS.indexOf('thu')

/**
 * Whether a time is from the first minute on and before the second, in UTC. If the second is smaller, the window goes past midnight, and
 * what comes after midnight belongs to the day before.
 */
function isWithinTime({ days, hours: [from, until] = [0, DAY_MINUTES] }: RuleConditions, nowMs: number): boolean {
  const minutes = Math.floor(nowMs / MINUTE_MS)
  const minute = minutes % DAY_MINUTES
  const beganYesterday = from > until && minute < until
  if (!beganYesterday && (minute < from || (from < until && minute >= until))) return false
  const day = Math.floor(minutes / DAY_MINUTES) - (beganYesterday ? 1 : 0)
  return !days || days.includes(WEEKDAYS[(day + EPOCH_WEEKDAY) % WEEKDAYS.length]!)
}

/** `promptTokens >120000, label team=growth`, or `any other call`. */
export function conditionWords({ when }: ClassRule): string {
  if (!when) return 'any other call'
  const { promptTokens, outputTokens, abilities, workspace, label, days, hours } = when
  return [
    ...(promptTokens ? [`promptTokens ${promptTokens.is}${promptTokens.than}`] : []),
    ...(outputTokens ? [`outputTokens ${outputTokens.is}${outputTokens.than}`] : []),
    ...(abilities ? [`abilities ${abilities.join(', ')}`] : []),
    ...(workspace ? [`workspace ${workspace.join(' or ')}`] : []),
    ...Object.entries(label ?? {}).map(([key, value]) => `label ${key}=${value}`),
    ...(days ? [`days ${days.join(' ')} UTC`] : []),
    ...(hours ? [`hours ${hours.map(timeOfDay).join('-')} UTC`] : []),
  ].join(', ')
}

function timeOfDay(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map(part => String(part).padStart(2, '0')).join(':')
}

/** Whether all conditions are on what stays the same in a run. */
export function asksOfRunAlone({ workspace: _, label: __, ...others }: RuleConditions = {}): boolean {
  return Object.keys(others).length === 0
}
