/**
 * Names of providers, models and authors in policies. A name that nobody bears would deny nothing, without a word.
 *
 * @module
 */
import type { Policy } from '../../core/policy.ts'
import type { Catalogue } from '../catalogue.ts'
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
  const known = knownNames(sections, index, catalogue)
  return levelsOf(sections).flatMap(([path, policy]) =>
    LISTS.flatMap(([list, what]) =>
      namesIn(policy, list).flatMap((name, at) =>
        known[what].has(name) ? [] : [unknownName([...path, list, at], what, name, known[what], document)],
      ),
    ),
  )
}

type What = 'provider' | 'model' | 'author'

const LISTS = [
  ['denyProviders', 'provider'],
  ['allowProviders', 'provider'],
  ['denyModels', 'model'],
  ['allowModels', 'model'],
  ['denyAuthors', 'author'],
  ['allowAuthors', 'author'],
  ['zdr', 'author'],
] as const satisfies readonly (readonly [keyof Policy, What])[]

function namesIn(policy: Policy, list: (typeof LISTS)[number][0]): readonly string[] {
  const names = policy[list]
  return Array.isArray(names) ? names : []
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

/** Names that are known, and those that a suggestion may come from. */
interface Known {
  has(name: string): boolean
  readonly near: () => Iterable<string>
}

function knownNames({ providers }: Sections, index: ModelIndex, catalogue: Catalogue): Readonly<Record<What, Known>> {
  const providerNames = new Set([...providers.names, ...catalogue.providerIds])
  const configured = [...index.names.values()].flat()
  const models = new Set([...configured, ...index.uncertain])
  const ids = new Set(configured.flatMap(model => providers.names.map(provider => `${provider}:${model}`)))
  // All models of the catalogue take 50 ms to name, so they are named for a word that is not found nearer by.
  let all: ReadonlySet<string> | undefined
  const everyModel = () => {
    all ??= new Set(catalogue.providerIds.flatMap(id => catalogue.endpointsOf(id).map(({ model }) => model)))
    return all
  }
  const authors = new Set([...models].map(authorIn))
  return {
    provider: { has: name => providerNames.has(name), near: () => providerNames },
    model: {
      has: name => models.has(name) || ids.has(name) || everyModel().has(name),
      near: () => [...models, ...everyModel()],
    },
    author: {
      has: name => authors.has(name) || [...everyModel()].some(model => authorIn(model) === name),
      near: () => new Set([...authors, ...[...everyModel()].map(authorIn)]),
    },
  }
}

function authorIn(model: string): string {
  return model.slice(0, model.indexOf('/'))
}

function unknownName(path: Path, what: What, name: string, known: Known, document: YamlDocument): Problem {
  const suggestion = nearest(name, known.near())
  return {
    path: pathText(path),
    message: `there is no such ${what}`,
    found: quotedName(name),
    allowed: `${what === 'author' ? 'an' : 'a'} ${what} of this file or of the catalogue`,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place(path),
  }
}
