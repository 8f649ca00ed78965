/**
 * Names of providers in policies. A name that nobody bears would deny nothing, without a word.
 *
 * @module
 */
import type { Catalogue } from '../catalogue.ts'
import type { PolicyShape } from './policy-shape.ts'
import { type Path, type Problem, pathText } from './problem.ts'
import { nearest, quotedName } from './quoting.ts'
import type { Sections } from './read-sections.ts'
import type { YamlDocument } from './yaml-document.ts'

/** Names in `denyProviders` and `allowProviders`, on every level, that are neither configured nor in the catalogue. */
export function providerNameProblems(
  { policy, classes, workspaces, providers }: Sections,
  catalogue: Catalogue,
  document: YamlDocument,
): readonly Problem[] {
  const known = new Set([...providers.names, ...catalogue.providerIds])
  const levels: readonly (readonly [Path, PolicyShape | undefined])[] = [
    [['policy'], policy],
    ...[...classes.right].map(([name, shape]) => [['classes', name, 'policy'], shape.policy] as const),
    ...[...workspaces.right].map(([name, shape]) => [['workspaces', name, 'policy'], shape.policy] as const),
  ]
  return levels.flatMap(([path, level]) =>
    (['denyProviders', 'allowProviders'] as const).flatMap(list =>
      (level?.[list] ?? []).flatMap((name, at) =>
        known.has(name) ? [] : [unknownName([...path, list, at], name, known, document)],
      ),
    ),
  )
}

function unknownName(path: Path, name: string, known: ReadonlySet<string>, document: YamlDocument): Problem {
  const suggestion = nearest(name, known)
  return {
    path: pathText(path),
    message: 'there is no such provider',
    found: quotedName(name),
    allowed: 'a provider of this file or of the catalogue',
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place(path),
  }
}
