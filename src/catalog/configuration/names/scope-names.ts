/**
 * Names of workspaces, classes and providers in the scopes of budgets and notices. One that nobody bears would limit nothing, or tell of
 * nothing, without a word.
 *
 * @module
 */
import { DEFAULT_WORKSPACE } from '../../../core/protocol.ts'
import { some } from '../../../core/words/some.ts'
import type { Sections } from '../shape/read-sections.ts'
import type { Problem } from '../text/problem.ts'
import { unknownName } from '../text/unknown-name.ts'
import { nameAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'

export function scopeNameProblems(sections: Sections, document: YamlDocument): readonly Problem[] {
  const { workspaces, classes, providers } = sections
  const known = { workspace: [DEFAULT_WORKSPACE, ...workspaces.names], class: classes.names, provider: providers.names }
  return (['budgets', 'notices'] as const).flatMap(section =>
    [...sections[section].written].flatMap(([entry, written]) =>
      (['workspace', 'class', 'provider'] as const).flatMap(part => {
        const name = nameAt(written, ['scope', part])
        if (name === undefined || known[part].includes(name)) return []
        const path = [section, entry, 'scope', part]
        const named = { path, what: part, found: name, known: known[part], allowed: some(known[part]) }
        return [unknownName(named, document)]
      }),
    ),
  )
}
