/**
 * Names of providers, models and authors in the policies of a configuration.
 *
 * @module
 */
import type { Policy } from '../../core/policy.ts'
import { policyNames } from '../../core/policy-names.ts'
import type { Catalogue } from '../catalogue.ts'
import { createKnownNames } from '../known-names.ts'
import type { Path, Problem } from './problem.ts'
import type { Sections } from './read-sections.ts'
import type { ModelIndex } from './resolve-classes.ts'
import { unknownName } from './unknown-name.ts'
import type { YamlDocument } from './yaml-document.ts'

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

function levelsOf({ policy, classes, workspaces, providers }: Sections): readonly (readonly [Path, Policy])[] {
  const of = (section: string, entries: ReadonlyMap<string, { policy?: Policy | undefined }>) =>
    [...entries].flatMap(([name, shape]) => (shape.policy ? [[[section, name, 'policy'], shape.policy] as const] : []))
  return [
    [['policy'], policy],
    ...of('providers', providers.right),
    ...of('classes', classes.right),
    ...of('workspaces', workspaces.right),
  ]
}
