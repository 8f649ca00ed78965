/**
 * Decides which class serves a call whose own class has rules or a split. Pure: the clock and the run's draw are facts of the call.
 *
 * @module
 */
import type { TaskClass } from '../../task-class.ts'
import { uniform } from '../../uniform.ts'
import { asksOfRunAlone, type CallFacts, conditionWords, holds, holdsInRun } from './rule-conditions.ts'

/** One step from a class to another, and why, for the ledger and for people. */
export interface ClassStep {
  readonly from: string
  readonly to: string
  readonly why: string
}

type Classes = Readonly<Record<string, TaskClass>>

/**
 * The steps from a class to the one that serves the call; none if it does so itself. The configuration was checked: every name exists, and
 * there are no circles.
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

/** Whether the class itself may serve some call, and not only others to which it leads. */
export function servesItself({ name, rules, split }: Pick<TaskClass, 'name' | 'rules' | 'split'>): boolean {
  if (split) return Object.hasOwn(split, name)
  return !rules || rules.at(-1)?.when !== undefined || rules.some(({ use }) => use === name)
}

/** The classes that may serve a call of this one, including itself if it may. */
export function servingClasses(classes: Classes, name: string): readonly TaskClass[] {
  return reachedFrom(classes, name, leadsTo).filter(servesItself)
}

/**
 * The classes that may serve calls of this one in a run, and those that they pass on the way. Only what stays the same in a run is known.
 * How long its prompts will be, what they need and when they are made is not, so rules with such conditions may apply.
 */
export function classesAhead(
  classes: Classes,
  name: string,
  facts: Pick<CallFacts, 'workspace' | 'labels' | 'draw'>,
): readonly TaskClass[] {
  return reachedFrom(classes, name, taskClass => leadsToIn(taskClass, facts))
}

/** The class of that name and all classes to which it leads, each once. */
function reachedFrom(classes: Classes, name: string, next: (from: TaskClass) => readonly string[]): TaskClass[] {
  const reached = new Map<string, TaskClass>()
  const waiting = [name]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const taskClass = Object.hasOwn(classes, at) ? classes[at] : undefined
    if (!taskClass || reached.has(at)) continue
    reached.set(at, taskClass)
    waiting.push(...next(taskClass))
  }
  return [...reached.values()]
}

function leadsToIn(
  { name, rules = [], split }: TaskClass,
  facts: Pick<CallFacts, 'workspace' | 'labels' | 'draw'>,
): readonly string[] {
  if (split) return [shareOf(name, split, facts.draw).to]
  const may = rules.filter(({ when }) => !when || holdsInRun(when, facts))
  const certain = may.findIndex(({ when }) => asksOfRunAlone(when))
  return (certain === -1 ? may : may.slice(0, certain + 1)).map(({ use }) => use)
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
