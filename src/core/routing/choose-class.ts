/**
 * Which class a call goes on in whose own class has rules or a split. Pure: the clock and the run's draw are facts of the call.
 *
 * @module
 */
import type { Ability } from '../endpoints.ts'
import type { Labels } from '../protocol.ts'
import { type ClassRule, type Comparison, type RuleConditions, type TaskClass, WEEKDAYS } from '../task-class.ts'
import { uniform } from './uniform.ts'

/** What rules look at. */
export interface CallFacts {
  /** Estimated. */
  readonly promptTokens: number
  /** The most output that the call asks for; absent where neither it nor its class says: no condition on it holds then. */
  readonly outputTokens?: number
  readonly abilities: readonly Ability[]
  readonly workspace: string
  /** The run's with the call's, which win. */
  readonly labels: Labels
  /** Milliseconds since the epoch. */
  readonly nowMs: number
  /** In [0, 1), drawn once per run: a run stays with the class that it was given. */
  readonly draw: number
}

/** One step from a class to another, and why, for the ledger and for people. */
export interface ClassStep {
  readonly from: string
  readonly to: string
  readonly why: string
}

type Classes = Readonly<Record<string, TaskClass>>

/**
 * The steps from a class to the one that serves the call; none where it serves it itself. The configuration has made sure that
 * every name exists and no circle does.
 */
export function classSteps(classes: Classes, asked: TaskClass, facts: CallFacts): readonly ClassStep[] {
  const steps: ClassStep[] = []
  for (let here = asked; ; ) {
    const step = stepFrom(here, facts)
    const next = step && Object.hasOwn(classes, step.to) ? classes[step.to] : undefined
    if (!step || !next || step.to === here.name) return steps
    if (steps.length >= Object.keys(classes).length)
      throw new Error(`the classes lead from ${asked.name} in a circle. This is a bug`)
    steps.push(step)
    here = next
  }
}

/** Whether some call may be served by the endpoints of the class itself. */
export function servesItself({ name, rules, split }: Pick<TaskClass, 'name' | 'rules' | 'split'>): boolean {
  if (split) return Object.hasOwn(split, name)
  return !rules || rules.at(-1)?.when !== undefined || rules.some(({ use }) => use === name)
}

/** The classes that may serve a call of this one, itself included where it may. */
export function servingClasses(classes: Classes, name: string): readonly TaskClass[] {
  const reached = new Set<string>()
  const waiting = [name]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const taskClass = classes[next]
    if (!taskClass || reached.has(next)) continue
    reached.add(next)
    waiting.push(...leadsTo(taskClass))
  }
  return [...reached].map(each => classes[each]!).filter(servesItself)
}

/**
 * The classes that may serve calls of this one in a run, and those that they pass on the way. What stays the same in a run is known;
 * how long their prompts are, what they need and when they are made is not, so that rules which ask for it may hold.
 */
export function classesAhead(
  classes: Classes,
  name: string,
  facts: Pick<CallFacts, 'workspace' | 'labels' | 'draw'>,
): readonly TaskClass[] {
  const reached = new Map<string, TaskClass>()
  const waiting = [name]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const taskClass = Object.hasOwn(classes, next) ? classes[next] : undefined
    if (!taskClass || reached.has(next)) continue
    reached.set(next, taskClass)
    waiting.push(...leadsToIn(taskClass, facts))
  }
  return [...reached.values()]
}

function leadsToIn(
  { name, rules = [], split }: TaskClass,
  facts: Pick<CallFacts, 'workspace' | 'labels' | 'draw'>,
): readonly string[] {
  if (split) return [shareOf(name, split, facts.draw).to]
  const may = rules.filter(({ when }) => !when || isOf(when, facts))
  const certain = may.findIndex(({ when }) => isCertain(when))
  return (certain === -1 ? may : may.slice(0, certain + 1)).map(({ use }) => use)
}

/** It asks for nothing that changes from call to call. */
function isCertain({ workspace: _, label: __, ...others }: RuleConditions = {}): boolean {
  return Object.keys(others).length === 0
}

/** The classes that rules or a split name. */
export function leadsTo({ rules = [], split = {} }: Pick<TaskClass, 'rules' | 'split'>): readonly string[] {
  return [...rules.map(({ use }) => use), ...Object.keys(split)]
}

function stepFrom({ name, rules, split }: TaskClass, facts: CallFacts): ClassStep | undefined {
  if (split) return { from: name, ...shareOf(name, split, facts.draw) }
  const at = rules?.findIndex(rule => holds(rule.when, facts)) ?? -1
  const rule = rules?.[at]
  return rule && { from: name, to: rule.use, why: `rule ${at + 1}: ${conditionWords(rule)}` }
}

/** The draw is mixed with the class's name, so that two splits of one run are independent of each other and of its vendors. */
function shareOf(name: string, split: Readonly<Record<string, number>>, draw: number): Omit<ClassStep, 'from'> {
  const shares = Object.entries(split)
  const whole = shares.reduce((sum, [, share]) => sum + share, 0)
  const drawn = uniform(`split ${name}`, draw) * whole
  let below = 0
  const mine = shares.find(([, each]) => {
    below += each
    return drawn < below
  })
  const [to, share] = mine ?? shares.at(-1)!
  return { to, why: `its share of ${share} in ${whole} runs` }
}

function holds(when: RuleConditions | undefined, facts: CallFacts): boolean {
  if (!when) return true
  const { promptTokens, outputTokens, abilities = [] } = when
  return (
    (!promptTokens || compares(facts.promptTokens, promptTokens)) &&
    (!outputTokens || compares(facts.outputTokens, outputTokens)) &&
    abilities.every(ability => facts.abilities.includes(ability)) &&
    isOf(when, facts) &&
    isWithinTime(when, facts.nowMs)
  )
}

function isOf({ workspace, label = {} }: RuleConditions, facts: Pick<CallFacts, 'workspace' | 'labels'>): boolean {
  return (
    (!workspace || workspace.includes(facts.workspace)) &&
    Object.entries(label).every(([key, value]) => facts.labels[key] === value)
  )
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
 * From the first minute on, until before the second; past midnight where the second is the smaller, and then what is after
 * midnight counts to the day before. In UTC.
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
