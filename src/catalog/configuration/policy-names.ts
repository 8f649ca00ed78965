/**
 * Names of providers, models and authors in the policies of a configuration.
 *
 * @module
 */
import type { Policy } from '../../core/policy.ts'
import { type NamedWhat, policyNames } from '../../core/policy-names.ts'
import type { Catalogue } from '../catalogue.ts'
import { createKnownNames, type KnownNames } from '../known-names.ts'
import { type Path, type Problem, pathText } from './problem.ts'
import { nearest, quotedName } from './quoting.ts'
import type { Sections } from './read-sections.ts'
import type { ModelIndex } from './resolve-classes.ts'
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
  return levelsOf(sections).flatMap(([path, policy]) =>
    policyNames(policy).flatMap(({ list, at, what, name }) =>
      known.has(what, name) ? [] : [unknownName([...path, list, at], what, name, known, document)],
    ),
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

function unknownName(path: Path, what: NamedWhat, name: string, known: KnownNames, document: YamlDocument): Problem {
  const suggestion = nearest(name, known.near(what))
  return {
    path: pathText(path),
    message: `there is no such ${what}`,
    found: quotedName(name),
    allowed: `${what === 'author' ? 'an' : 'a'} ${what} of this file or of the catalogue`,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place(path),
  }
}
