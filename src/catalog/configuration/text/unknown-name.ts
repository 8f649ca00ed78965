/**
 * What is said of a name that nobody bears.
 *
 * @module
 */
import { nearest } from '../../../core/words/nearest.ts'
import { some } from '../../../core/words/some.ts'
import { type Path, type Problem, pathText } from './problem.ts'
import { quotedName } from './quoting.ts'
import type { YamlDocument } from './yaml-document.ts'

export interface UnknownName {
  /** Where the name stands, and where the problem does. */
  readonly path: Path
  /** What it was thought to name, such as `class` or `class to extend`. */
  readonly what: string
  readonly found: string
  /** The names that it may have been meant for. */
  readonly known: Iterable<string>
  /** In words. */
  readonly allowed: string
  /** The name is a key of the document, and no value. */
  readonly isKey?: boolean
}

export function unknownName(
  { path, what, found, known, allowed, isKey }: UnknownName,
  document: YamlDocument,
): Problem {
  const suggestion = nearest(found, known)
  return {
    path: pathText(path),
    message: `there is no such ${what}`,
    found: quotedName(found),
    allowed,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...document.place(path, isKey ? 'key' : undefined),
  }
}

/** Of a class that names another one in a setting of its own: not itself. */
export function unknownOtherClass(
  named: Pick<UnknownName, 'what' | 'found'> & { readonly by: string; readonly setting: string },
  classes: readonly string[],
  document: YamlDocument,
): Problem {
  const { by, setting, what, found } = named
  const known = classes.filter(name => name !== by)
  const allowed = known.length > 0 ? some(known) : 'nothing: there is no other class'
  return unknownName({ path: ['classes', by, setting], what, found, known, allowed }, document)
}
