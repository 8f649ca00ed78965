/**
 * Names of providers, models and authors in the policies of a configuration.
 *
 * @module
 */
import { isRecord } from '../../../core/json/is-record.ts'
import type { Policy } from '../../../core/policy/policy.ts'
import { policyNames } from '../../../core/policy/policy-names.ts'
import type { Catalogue } from '../../catalogue.ts'
import { createKnownNames } from '../../known-names.ts'
import type { ModelIndex } from '../providers/model-index.ts'
import type { Sections } from '../shape/read-sections.ts'
import type { Path, Problem } from '../text/problem.ts'
import { unknownName } from '../text/unknown-name.ts'
import { valueAt } from '../text/value-at.ts'
import type { YamlDocument } from '../text/yaml-document.ts'

/** Names, on every level, that are neither of this file nor of the catalogue. */
export function policyNameProblems(
  sections: Sections,
  index: ModelIndex,
  catalogue: Catalogue,
  document: YamlDocument,
): readonly Problem[] {
  const { names: providers } = sections.providers
  const models = [...index.names.values()].flat()
  const ids = models.flatMap(model => providers.map(provider => `${provider}:${model}`))
  const known = createKnownNames({ providers, models: [...models, ...index.uncertain], ids }, () => catalogue)
  return levelsOf(sections).flatMap(([where, policy]) =>
    policyNames(policy)
      .filter(({ what, name }) => !known.has(what, name))
      .map(({ list, at, what, name }) => {
        const allowed = `${what === 'author' ? 'an' : 'a'} ${what} of this file or of the catalogue`
        const path = [...where, list, at]
        return unknownName({ path, what, found: name, known: known.near(what), allowed }, document)
      }),
  )
}

/** The policies of every level as they are written, also of an entry that has other problems. */
function levelsOf({ writtenPolicy, classes, workspaces, providers }: Sections): readonly (readonly [Path, Policy])[] {
  const of = (section: string, entries: ReadonlyMap<string, unknown>) =>
    [...entries].map(([name, written]) => [[section, name, 'policy'], listsIn(valueAt(written, ['policy']))] as const)
  return [
    [['policy'], listsIn(writtenPolicy)],
    ...of('providers', providers.written),
    ...of('classes', classes.written),
    ...of('workspaces', workspaces.written),
  ]
}

/** The lists of texts in what is written as a policy. */
function listsIn(written: unknown): Policy {
  const lists = Object.entries(isRecord(written) ? written : {}).filter(
    ([, list]) => Array.isArray(list) && list.every(name => typeof name === 'string' && name !== ''),
  )
  return Object.fromEntries(lists)
}
