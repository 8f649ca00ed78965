/**
 * Settings of a class that name another one for a call to go on in.
 *
 * @module
 */
import { type Problem, pathText } from './problem.ts'
import type { Sections } from './read-sections.ts'
import { unknownOtherClass } from './unknown-name.ts'
import { nameAt } from './value-at.ts'
import type { YamlDocument } from './yaml-document.ts'

/** Each is a class's own and is not inherited: where the other class extends this one, it would name itself. */
const CLASS_LINKS = { onBudget: 'step down to', escalateTo: 'escalate to' } as const

type Link = keyof typeof CLASS_LINKS

/** Names that no class bears, and circles: a call would go on for ever. Each setting is looked at by itself. */
export function classLinkProblems({ classes }: Pick<Sections, 'classes'>, document: YamlDocument): readonly Problem[] {
  return (Object.keys(CLASS_LINKS) as Link[]).flatMap(link => {
    const next = new Map([...classes.written].flatMap(([name, written]) => linked(name, nameAt(written, [link]))))
    const told = new Set<string>()
    return [...next].flatMap(([name, other]) => {
      if (!classes.names.includes(other))
        return [
          unknownOtherClass(
            { by: name, setting: link, what: `class to ${CLASS_LINKS[link]}`, found: other },
            classes.names,
            document,
          ),
        ]
      const circle = circleFrom(name, next)
      if (!circle || circle.some(member => told.has(member))) return []
      for (const member of circle) told.add(member)
      return [circleProblem(circle, link, document)]
    })
  })
}

function linked(name: string, other: string | undefined): readonly (readonly [string, string])[] {
  return other === undefined ? [] : [[name, other]]
}

/** The classes from a name back to itself; `undefined` where the line ends. */
function circleFrom(name: string, next: ReadonlyMap<string, string>): readonly string[] | undefined {
  const line = new Set([name])
  for (let other = next.get(name); other !== undefined; other = next.get(other)) {
    if (other === name) return [...line]
    if (line.has(other)) return undefined
    line.add(other)
  }
  return undefined
}

/** At the member that the file names first. */
function circleProblem(circle: readonly string[], link: Link, document: YamlDocument): Problem {
  const path = ['classes', circle[0]!, link]
  const round = [...circle, circle[0]!].join(' -> ')
  return {
    path: pathText(path),
    message: `the classes ${CLASS_LINKS[link]} each other in a circle: ${round}`,
    ...document.place(path),
  }
}
