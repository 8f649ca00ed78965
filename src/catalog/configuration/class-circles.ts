/**
 * Classes that lead to each other in a circle.
 *
 * @module
 */
import { leadsTo } from '../../core/routing/choose-class.ts'
import { type Path, type Problem, pathText } from './problem.ts'
import type { Sections } from './read-sections.ts'
import type { ClassShape } from './shape.ts'
import type { YamlDocument } from './yaml-document.ts'

/** An edge of the graph of classes. */
interface Leading {
  readonly to: string
  /** Below the class. */
  readonly path: Path
  /** By a rule or a split. */
  readonly chosen: boolean
}

/**
 * Circles in which rules or splits have a part, also together with `onBudget` or with `escalateTo`: a call would go on for
 * ever. A step down that leads to where one leads up from is none.
 */
export function classCircleProblems(
  { classes }: Pick<Sections, 'classes'>,
  document: YamlDocument,
): readonly Problem[] {
  const told = new Set<string>()
  return (['onBudget', 'escalateTo'] as const).flatMap(link => {
    const graph = new Map([...classes.right].map(([name, shape]) => [name, leadingFrom(name, shape, link)]))
    return [...graph.keys()].flatMap(name => {
      const circle = circleFrom(name, graph)
      if (!circle?.some(({ chosen }) => chosen)) return []
      const key = circle
        .map(({ to }) => to)
        .sort()
        .join(' ')
      if (told.has(key)) return []
      told.add(key)
      return [circleProblem(name, circle, document)]
    })
  })
}

/** Where a class leads to; that it serves calls itself leads nowhere. */
function leadingFrom(name: string, shape: ClassShape, link: 'onBudget' | 'escalateTo'): readonly Leading[] {
  const other = shape[link]
  const rules = (shape.rules ?? []).map(
    ({ use }, at): Leading => ({ to: use, path: ['rules', at, 'use'], chosen: true }),
  )
  const shares = leadsTo({ split: shape.split }).map((to): Leading => ({ to, path: ['split', to], chosen: true }))
  const linked: Leading[] = other === undefined ? [] : [{ to: other, path: [link], chosen: false }]
  return [...rules, ...shares, ...linked].filter(({ to }) => to !== name)
}

/** The shortest way from a class back to itself; `undefined` where there is none. */
function circleFrom(name: string, graph: ReadonlyMap<string, readonly Leading[]>): readonly Leading[] | undefined {
  const stepTo = new Map<string, { readonly step: Leading; readonly from: string }>()
  const reached = [name]
  for (const from of reached)
    for (const step of graph.get(from) ?? []) {
      if (step.to === name) return [...wayTo(from, stepTo), step]
      if (stepTo.has(step.to)) continue
      stepTo.set(step.to, { step, from })
      reached.push(step.to)
    }
  return undefined
}

function wayTo(
  name: string,
  stepTo: ReadonlyMap<string, { readonly step: Leading; readonly from: string }>,
): readonly Leading[] {
  const way: Leading[] = []
  for (let last = stepTo.get(name); last; last = stepTo.get(last.from)) way.push(last.step)
  return way.toReversed()
}

function circleProblem(name: string, circle: readonly Leading[], document: YamlDocument): Problem {
  const path = ['classes', name, ...circle[0]!.path]
  const round = [name, ...circle.map(({ to }) => to)].join(' -> ')
  return {
    path: pathText(path),
    message: `the classes lead to each other in a circle: ${round}`,
    ...document.place(path),
  }
}
