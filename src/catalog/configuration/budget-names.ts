/**
 * Names of workspaces, classes and providers in the scopes of budgets. One that nobody bears would limit nothing, without a word.
 *
 * @module
 */
import { DEFAULT_WORKSPACE } from '../../core/protocol.ts'
import { type Problem, pathText } from './problem.ts'
import { nearest, quotedName } from './quoting.ts'
import type { Sections } from './read-sections.ts'
import type { YamlDocument } from './yaml-document.ts'

export function budgetNameProblems(
  { budgets, workspaces, classes, providers }: Sections,
  document: YamlDocument,
): readonly Problem[] {
  const known = { workspace: [DEFAULT_WORKSPACE, ...workspaces.names], class: classes.names, provider: providers.names }
  return [...budgets.right].flatMap(([budget, { scope }]) =>
    (['workspace', 'class', 'provider'] as const).flatMap(part => {
      const name = scope[part]
      if (name === undefined || known[part].includes(name)) return []
      return [unknownName(['budgets', budget, 'scope', part], part, name, known[part], document)]
    }),
  )
}

function unknownName(
  path: readonly string[],
  part: string,
  name: string,
  known: readonly string[],
  document: YamlDocument,
): Problem {
  const suggestion = nearest(name, known)
  return {
    path: pathText(path),
    message: `there is no such ${part}`,
    found: quotedName(name),
    allowed: known.join(', '),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place(path),
  }
}
