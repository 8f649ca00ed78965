/**
 * Names of workspaces, classes and providers in the scopes of budgets. One that nobody bears would limit nothing, without a word.
 *
 * @module
 */
import { DEFAULT_WORKSPACE } from '../../core/protocol.ts'
import { some } from '../../core/words/some.ts'
import type { Problem } from './problem.ts'
import type { Sections } from './read-sections.ts'
import { unknownName } from './unknown-name.ts'
import { nameAt } from './value-at.ts'
import type { YamlDocument } from './yaml-document.ts'

export function budgetNameProblems(
  { budgets, workspaces, classes, providers }: Sections,
  document: YamlDocument,
): readonly Problem[] {
  const known = { workspace: [DEFAULT_WORKSPACE, ...workspaces.names], class: classes.names, provider: providers.names }
  return [...budgets.written].flatMap(([budget, written]) =>
    (['workspace', 'class', 'provider'] as const).flatMap(part => {
      const name = nameAt(written, ['scope', part])
      if (name === undefined || known[part].includes(name)) return []
      const path = ['budgets', budget, 'scope', part]
      const named = { path, what: part, found: name, known: known[part], allowed: some(known[part]) }
      return [unknownName(named, document)]
    }),
  )
}
