/**
 * Classes that lead to each other in a circle: a call would go on for ever.
 *
 * @module
 */
import { groupBy } from '../../../core/group-by.ts'
import { leadsTo } from '../../../core/routing/class/choose-class.ts'
import type { Sections } from '../shape/read-sections.ts'
import type { ClassShape } from '../shape/shape.ts'
import { type Path, type Problem, pathText } from '../text/problem.ts'
import type { YamlDocument } from '../text/yaml-document.ts'

/** A class names another one in a setting. */
export interface Leading {
  readonly from: string
  readonly to: string
  /** Of the setting, below the class. */
  readonly path: Path
}

interface Choice extends Leading {
  /** By a rule or a split. */
  readonly chosen: boolean
}

/**
 * Circles in which rules or splits have a part, also together with `onBudget` or with `escalateTo`. A step down that leads
 * to where one leads up from is none.
 */
export function classCircleProblems(
  { classes }: Pick<Sections, 'classes'>,
  document: YamlDocument,
): readonly Problem[] {
  const circles = (['onBudget', 'escalateTo'] as const).flatMap(link =>
    circlesIn([...classes.right].flatMap(([name, shape]) => leadingFrom(name, shape, link))),
  )
  const chosen = circles.filter(circle => circle.some(step => step.chosen))
  return distinct(chosen).map(circle => circleProblem(circle, 'lead to', document))
}

/** Where a class leads to; that it serves calls itself leads nowhere. */
function leadingFrom(from: string, shape: ClassShape, link: 'onBudget' | 'escalateTo'): readonly Choice[] {
  const other = shape[link]
  const rules = (shape.rules ?? []).map(({ use: to }, at) => ({ from, to, path: ['rules', at, 'use'], chosen: true }))
  const shares = leadsTo({ split: shape.split }).map(to => ({ from, to, path: ['split', to], chosen: true }))
  const linked = other === undefined ? [] : [{ from, to: other, path: [link], chosen: false }]
  return [...rules, ...shares, ...linked].filter(({ to }) => to !== from)
}

/** From every class that is in a circle the shortest way back to itself. */
export function circlesIn<Step extends Leading>(steps: readonly Step[]): readonly (readonly Step[])[] {
  const graph = groupBy(leadingOn(steps), ({ from }) => from)
  return [...graph.keys()].flatMap(name => {
    const circle = circleFrom(name, graph)
    return circle ? [circle] : []
  })
}

/** Without those to where nothing leads on, however far behind them that is: in most files none is left to look at. */
function leadingOn<Step extends Leading>(steps: readonly Step[]): readonly Step[] {
  const stepsTo = groupBy(steps, ({ to }) => to)
  const stepsOn = new Map<string, number>()
  for (const { from } of steps) stepsOn.set(from, (stepsOn.get(from) ?? 0) + 1)
  const ends = [...stepsTo.keys()].filter(to => !stepsOn.has(to))
  for (const end of ends)
    for (const { from } of stepsTo.get(end) ?? []) {
      const left = stepsOn.get(from)! - 1
      stepsOn.set(from, left)
      if (left === 0) ends.push(from)
    }
  return steps.filter(({ to }) => stepsOn.get(to))
}

function circleFrom<Step extends Leading>(
  name: string,
  graph: ReadonlyMap<string, readonly Step[]>,
): readonly Step[] | undefined {
  const stepTo = new Map<string, Step>()
  const reached = [name]
  for (const from of reached)
    for (const step of graph.get(from) ?? []) {
      if (step.to === name) return pathTo(step, stepTo)
      if (stepTo.has(step.to)) continue
      stepTo.set(step.to, step)
      reached.push(step.to)
    }
  return undefined
}

function pathTo<Step extends Leading>(end: Step, stepTo: ReadonlyMap<string, Step>): readonly Step[] {
  const path: Step[] = []
  for (let last: Step | undefined = end; last; last = stepTo.get(last.from)) path.unshift(last)
  return path
}

/** Of circles through the same classes the one from the class that the file names first. */
export function distinct<Step extends Leading>(circles: readonly (readonly Step[])[]): readonly (readonly Step[])[] {
  const byMembers = groupBy(circles, circle =>
    circle
      .map(({ to }) => to)
      .sort()
      .join(' '),
  )
  return [...byMembers.values()].map(([first]) => first!)
}

/** @param verb - What the classes do to each other. */
export function circleProblem(circle: readonly Leading[], verb: string, document: YamlDocument): Problem {
  const { from, path: below } = circle[0]!
  const path = ['classes', from, ...below]
  const round = [from, ...circle.map(({ to }) => to)].join(' -> ')
  return {
    path: pathText(path),
    message: `the classes ${verb} each other in a circle: ${round}`,
    ...document.place(path),
  }
}
