/**
 * Settings of a class that name another one for a call to go on in.
 *
 * @module
 */

import type { Sections } from '../shape/read-sections.ts'
import type { Problem } from '../text/problem.ts'
import { unknownOtherClass } from '../text/unknown-name.ts'
import { nameAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'
import { circleProblem, circlesIn, distinct } from './class-circles.ts'

/** Each is a class's own and is not inherited: where the other class extends this one, it would name itself. */
const CLASS_LINKS = { onBudget: 'step down to', escalateTo: 'escalate to' } as const

/** Names that no class bears, and circles. Each setting is looked at by itself. */
export function classLinkProblems({ classes }: Pick<Sections, 'classes'>, document: YamlDocument): readonly Problem[] {
  return Object.entries(CLASS_LINKS).flatMap(([link, verb]) => {
    const steps = [...classes.written].flatMap(([from, written]) => {
      const to = nameAt(written, [link])
      return to === undefined ? [] : [{ from, to, path: [link] }]
    })
    const unknown = steps.filter(({ to }) => !classes.names.includes(to))
    return [
      ...distinct(circlesIn(steps)).map(circle => circleProblem(circle, verb, document)),
      ...unknown.map(({ from: by, to: found }) =>
        unknownOtherClass({ by, setting: link, what: `class to ${verb}`, found }, classes.names, document),
      ),
    ]
  })
}
