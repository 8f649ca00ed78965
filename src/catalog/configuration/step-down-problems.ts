/**
 * `onBudget` between task classes: where a call goes on that no budget admits.
 *
 * @module
 */
import { type Problem, pathText } from './problem.ts'
import { nearest, quotedName } from './quoting.ts'
import type { Sections } from './read-sections.ts'
import type { YamlDocument } from './yaml-document.ts'

/** Names that no class bears, and circles: a call would step down for ever. */
export function stepDownProblems({ classes }: Pick<Sections, 'classes'>, document: YamlDocument): readonly Problem[] {
  const below = new Map([...classes.right].flatMap(([name, { onBudget }]) => (onBudget ? [[name, onBudget]] : [])))
  const told = new Set<string>()
  return [...below].flatMap(([name, lower]) => {
    if (!classes.names.includes(lower)) return [unknownClass(name, lower, classes.names, document)]
    const circle = circleFrom(name, below)
    if (!circle || circle.some(member => told.has(member))) return []
    for (const member of circle) told.add(member)
    return [circleProblem(circle, document)]
  })
}

/** The classes from a name back to itself; `undefined` where the line ends. */
function circleFrom(name: string, below: ReadonlyMap<string, string>): readonly string[] | undefined {
  const line = [name]
  for (let next = below.get(name); next !== undefined; next = below.get(next)) {
    if (next === name) return line
    if (line.includes(next)) return undefined
    line.push(next)
  }
  return undefined
}

function circleProblem(circle: readonly string[], document: YamlDocument): Problem {
  const path = ['classes', circle[0]!, 'onBudget']
  const round = [...circle, circle[0]!].join(' -> ')
  return { path: pathText(path), message: `the classes step down in a circle: ${round}`, ...document.place(path) }
}

function unknownClass(name: string, lower: string, names: readonly string[], document: YamlDocument): Problem {
  const path = ['classes', name, 'onBudget']
  const others = names.filter(other => other !== name)
  const suggestion = nearest(lower, others)
  return {
    path: pathText(path),
    message: 'there is no such class to step down to',
    found: quotedName(lower),
    allowed: others.length > 0 ? others.join(', ') : 'nothing: there is no other class',
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place(path),
  }
}
